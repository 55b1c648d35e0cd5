namespace Appliance.Firewall.Language;

/// <summary>
/// A file that a table begins with: addresses and networks between blanks or on lines of their own, <c>!</c> before one negates it,
/// <c>#</c> and <c>;</c> begin comments. It may have millions; so they are told one by one.
/// </summary>
public static class TableFile
{
    /// <summary>Tells every address of the file to <paramref name="add" />; the first that is none ends it, and is the error.</summary>
    public static PfError? Read(string path, string text, IInterfaceAddresses interfaces, Action<PfHost> add)
    {
        var names = new HostNames(interfaces);
        int lineNumber = 0;
        bool negated = false;
        foreach (ReadOnlySpan<char> whole in text.AsSpan().EnumerateLines())
        {
            lineNumber++;
            int comment = whole.IndexOfAny('#', ';');
            ReadOnlySpan<char> line = comment < 0 ? whole : whole[..comment];
            int start = 0;
            while (start < line.Length)
            {
                if (char.IsWhiteSpace(line[start]) || line[start] == '!')
                {
                    negated ^= line[start++] == '!';
                    continue;
                }

                int length = line[start..].IndexOfAny(" \t\f\v\r");
                ReadOnlySpan<char> word = length < 0 ? line[start..] : line.Slice(start, length);
                if (Add(names, word, new SourcePosition(path, lineNumber, start + 1), negated, add) is { } error) return error;
                negated = false;
                start += word.Length;
            }
        }

        return null;
    }

    private static PfError? Add(HostNames names, ReadOnlySpan<char> word, SourcePosition position, bool negated, Action<PfHost> add)
    {
        int slash = word.LastIndexOf('/');
        int? bits = null;
        if (slash >= 0)
        {
            if (!int.TryParse(word[(slash + 1)..], System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture, out int value))
            {
                return new PfError(position, $"invalid netmask '{word[slash..]}'");
            }

            bits = value;
        }

        string name = slash < 0 ? word.ToString() : word[..slash].ToString();
        if (names.Find(name, bits, position, out string reason) is not { } hosts) return new PfError(position, reason);
        foreach (PfHost host in hosts) add(host with { Negated = negated });
        return null;
    }
}
