using System.Text;

namespace Appliance.Fuzz.Mutation;

/// <summary>Mutations of a configuration's text: letters, words of its language, lines, indentation.</summary>
internal static class TextMutations
{
    private const int MaxLength = 16 << 10;

    private static readonly string[] Words =
    [
        "0", "-1", "1", "4094", "4095", "65535", "65536", "2147483647", "2147483648", "99999999999999999999", "0x10", "1e9", "~", "null",
        "true", "on", "off", "[]", "{}", "[", "]", "{", "}", ":", "- ", "\"", "'", "&a", "*a", "!!str", "|", ">", "---", "...", "%YAML 1.2",
        "#", "\t", "\0", "\u00e9", "\ud800", "\u2028", "\"\\U0011FFFF\"", "<<: *a", "? x",
        "0.0.0.0/0", "255.255.255.255/32", "::/0", "::1/128", "fe80::1/64", "fe80::1%lan", "10.0.0.1/33", "192.168.1.1/24", "ff02::1",
        "dhcp", "slaac", "strict", "symmetric", "ports:", "routes:", "neighbors:", "vrss:", "high-availability:", "firewall:",
        "management:", "version: 1", "name: x", "parent: lan", "vlan: 1", "mtu: 68", "mtu: 576", "blackhole: true", "addresses: []",
        "backend: pcap", "via: []", "indirection: 16", "vcpus: 256", "port: wan",
    ];

    public static string Mutate(string seed, Draw draw)
    {
        var text = new StringBuilder(seed);
        for (int mutations = draw.Between(1, 5); mutations > 0 && text.Length > 2; mutations--)
            MutateOnce(text, draw);
        if (text.Length > MaxLength) text.Length = MaxLength;
        return text.ToString();
    }

    private static void MutateOnce(StringBuilder text, Draw draw)
    {
        int at = draw.Below(text.Length - 1);
        switch (draw.Below(9))
        {
            case 0: text[at] = (char)draw.Between(9, 126); break;
            case 1: text[at] ^= (char)(1 << draw.Below(16)); break;
            case 2: text.Remove(at, Math.Min(draw.Between(1, 12), text.Length - at)); break;
            case 3: text.Insert(at, draw.Of<string>(Words)); break;
            case 4 or 5: ReplaceWord(text, at, draw); break;
            case 6: CopyLine(text, at, draw.Below(text.Length)); break;
            case 7: text.Insert(LineStart(text, at), new string(' ', draw.Between(1, 9))); break;
            default: text.Remove(LineStart(text, at), LineEnd(text, at) - LineStart(text, at)); break;
        }
    }

    private static void ReplaceWord(StringBuilder text, int at, Draw draw)
    {
        int start = at, end = at;
        while (start > 0 && !IsBreak(text[start - 1]))
            start--;
        while (end < text.Length && !IsBreak(text[end]))
            end++;
        text.Remove(start, end - start).Insert(start, draw.Of<string>(Words));
    }

    private static void CopyLine(StringBuilder text, int from, int to)
    {
        string line = text.ToString(LineStart(text, from), LineEnd(text, from) - LineStart(text, from));
        text.Insert(LineStart(text, to), line);
    }

    private static bool IsBreak(char letter) => letter is ' ' or '\n' or ',' or ':' or '[' or ']' or '{' or '}';

    private static int LineStart(StringBuilder text, int at)
    {
        while (at > 0 && text[at - 1] != '\n')
            at--;
        return at;
    }

    private static int LineEnd(StringBuilder text, int at)
    {
        while (at < text.Length && text[at] != '\n')
            at++;
        return Math.Min(at + 1, text.Length);
    }
}
