using System.Text.RegularExpressions;

namespace Appliance.Tidy;

/// <summary>
/// The project names neither the machine it was written on, nor where packages come from, nor how its authors organise themselves.
/// The words are put together from halves here, so that this file may be judged like any other.
/// </summary>
public static class WorkplaceRule
{
    public static IReadOnlyList<string> Folders { get; } = [.. new[] { ("wo", "rk"), ("ro", "ot"), ("fa", "rm") }.Select(Join)];

    public static IReadOnlyList<string> Words { get; } =
        [.. new[] { ("nuget", ".org"), ("api.", "nuget"), ("deb.", "debian.org"), ("iss", "ue #"), ("helper ", "agent") }.Select(Join)];

    private static readonly Regex Forbidden = new(
        $@"(?<![\w.~-])/({string.Join('|', Folders)})(/|\b(?![-.\w]))|{string.Join('|', Words.Select(Regex.Escape))}",
        RegexOptions.Compiled | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture);

    public static IEnumerable<Finding> Check(SourceFile file) =>
        from row in file.Lines.Select((text, index) => (text, number: index + 1))
        let match = Forbidden.Match(row.text)
        where match.Success
        select file.AtLine(row.number, $"`{match.Value}` is of the workplace, not of the project");

    private static string Join((string First, string Second) halves) => halves.First + halves.Second;
}
