using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Appliance.Testing;

/// <summary>
/// Lines written by hand against lines that were read. A name in braces stands for what the appliance chooses, and is the same wherever it
/// stands: <c>{a}</c> a port that pf gives (50001 to 65535), <c>{id:1-65535}</c> a number, <c>{x:203.0.113.32/30}</c> an address. Numbers
/// of different names differ.
/// </summary>
public static class GoldenLines
{
    private const int LowestPort = 50_001, HighestPort = 65_535;

    private static readonly Regex Name =
        new(@"\{(?<name>[a-z]\w*)(:(?<range>[^}]*))?\}", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    /// <summary>What does not fit, or nothing. The lines of both ports belong together: a name of one is that of the other.</summary>
    public static string Compare(IReadOnlyList<string> expected, IReadOnlyList<string> read, IDictionary<string, string> names)
    {
        var wrong = new StringBuilder();
        for (int i = 0; i < Math.Max(expected.Count, read.Count); i++)
        {
            string wanted = i < expected.Count ? expected[i] : "nothing", found = i < read.Count ? read[i] : "nothing";
            if (!Fits(wanted, found, names)) wrong.Append(CultureInfo.InvariantCulture, $"{i + 1}: expected {wanted}, read {found}\n");
        }

        return wrong.ToString();
    }

    private static bool Fits(string expected, string read, IDictionary<string, string> names)
    {
        var pattern = new StringBuilder("^");
        var groups = new List<(string Name, string Range)>();
        int at = 0;
        foreach (Match match in Name.Matches(expected))
        {
            pattern.Append(Regex.Escape(expected[at..match.Index])).Append(@"([\d.]+)");
            groups.Add((match.Groups["name"].Value, match.Groups["range"].Value));
            at = match.Index + match.Length;
        }

        pattern.Append(Regex.Escape(expected[at..])).Append('$');
        Match found = Regex.Match(read, pattern.ToString(), RegexOptions.None, TimeSpan.FromSeconds(1));
        return found.Success && groups.Index().All(group => IsNamed(group.Item, found.Groups[group.Index + 1].Value, names));
    }

    private static bool IsNamed((string Name, string Range) group, string value, IDictionary<string, string> names)
    {
        if (names.TryGetValue(group.Name, out string? known)) return known == value;
        bool isNumber = int.TryParse(value, CultureInfo.InvariantCulture, out int number);
        bool isAllowed = group.Range.Contains('/', StringComparison.Ordinal)
            ? IPNetwork.Parse(group.Range).Contains(IPAddress.Parse(value))
            : isNumber && IsWithin(number, group.Range) && !names.Values.Contains(value, StringComparer.Ordinal);
        if (isAllowed) names.Add(group.Name, value);
        return isAllowed;
    }

    private static bool IsWithin(int number, string range)
    {
        if (range.Length == 0) return number is >= LowestPort and <= HighestPort;
        int[] ends = [.. range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture))];
        return number >= ends[0] && number <= ends[1];
    }
}
