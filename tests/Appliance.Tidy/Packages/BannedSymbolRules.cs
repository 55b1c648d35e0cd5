using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tidy;

/// <summary>BannedSymbols.txt binds every project of src: nothing may loosen what Directory.Build.props wires in.</summary>
public static partial class BannedSymbolRules
{
    private const string Rule = "RS0030";
    private static readonly string[] WaysOut =
        ["AdditionalFiles Remove", "PackageReference Remove", Rule, "<RunAnalyzers", "<TreatWarningsAsErrors>false"];

    private static readonly string[] MayBeFree = ["tests/", "src/Appliance/"];          // the rooms that have clocks

    [GeneratedRegex(@"^\[(?<name>.*)\]\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Section { get; }

    [GeneratedRegex(@"^dotnet_diagnostic\.RS0030\.severity\s*=\s*(?<word>\w+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Severity { get; }

    /// <summary>Judges the root Directory.Build.props: it is the wiring.</summary>
    public static IEnumerable<Finding> Wiring(SourceFile file)
    {
        if (!file.Text.Contains("<AdditionalFiles Include=\"$(MSBuildThisFileDirectory)BannedSymbols.txt\" />", StringComparison.Ordinal))
            yield return new Finding(file.Path, 0, "BannedSymbols.txt is not given to the analyzers");
        if (!file.Text.Contains("<PackageReference Include=\"Microsoft.CodeAnalysis.BannedApiAnalyzers\"", StringComparison.Ordinal))
            yield return new Finding(file.Path, 0, "the analyzer that reads BannedSymbols.txt is not referenced");
    }

    /// <summary>Judges a build file under src: a nearer props file would hide the root's, a project could take the wiring out.</summary>
    public static IEnumerable<Finding> Loosened(SourceFile file)
    {
        bool isHiding = Path.GetFileName(file.Path) is "Directory.Build.props" or "Directory.Build.targets";
        if (isHiding && !file.Text.Contains("GetPathOfFileAbove", StringComparison.Ordinal))
            yield return new Finding(file.Path, 0, "it hides the root's Directory.Build.props: import that first");
        foreach (string way in WaysOut)
        {
            if (file.Text.Contains(way, StringComparison.Ordinal))
                yield return new Finding(file.Path, 0, $"`{way}` takes the ban out");
        }
    }

    /// <summary>Judges .editorconfig: the rule is an error everywhere but in the rooms that have clocks.</summary>
    public static IEnumerable<Finding> Silenced(SourceFile file)
    {
        string section = "";
        for (int i = 0; i < file.Lines.Count; i++)
        {
            if (Section.Match(file.Lines[i]) is { Success: true } head) section = head.Groups["name"].Value;
            if (Severity.Match(file.Lines[i]) is { Success: true } severity && severity.Groups["word"].Value is not ("warning" or "error")
                && !MayBeFree.Any(room => section.StartsWith(room, StringComparison.Ordinal)))
                yield return file.AtLine(i + 1, $"[{section}] silences {Rule}");
        }
    }

    /// <summary>Judges a C# file outside the rooms that have clocks: no pragma or attribute silences the rule.</summary>
    public static IEnumerable<Finding> Suppressed(SourceFile file) => MayBeFree.Any(room => file.IsUnder(room.TrimEnd('/')))
        ? []
        : file.Syntax.DescendantNodesAndTokens(descendIntoTrivia: true)
            .Where(place => place.IsNode && place.AsNode() is PragmaWarningDirectiveTriviaSyntax or AttributeSyntax)
            .Where(place => place.ToString().Contains(Rule, StringComparison.Ordinal))
            .Select(place => file.At(place, $"{Rule} is silenced"));
}
