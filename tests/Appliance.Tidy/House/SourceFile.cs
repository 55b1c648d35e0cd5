using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Appliance.Tidy;

/// <summary>A text file of the repository. Rules are functions of this alone, so that each is tried on made-up files too.</summary>
/// <param name="path">Relative to the repository's root, with forward slashes.</param>
public sealed class SourceFile(string path, string text)
{
    private static readonly CSharpParseOptions Language = new(LanguageVersion.Preview);
    private readonly Lazy<SyntaxNode> _syntax = new(() => CSharpSyntaxTree.ParseText(text, Language).GetRoot());

    public string Path { get; } = path;

    public string Text { get; } = text;

    public IReadOnlyList<string> Lines { get; } = text.TrimEnd('\n').Split('\n');

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    /// <summary>For a C# file only.</summary>
    public SyntaxNode Syntax => _syntax.Value;

    /// <summary>
    /// The project it belongs to, <c>Appliance.Wire</c> for <c>src/Appliance.Wire/Ip/IpPrefix.cs</c>; empty outside src and tests.
    /// </summary>
    public string Project => Path.Split('/') is [("src" or "tests"), string project, ..] ? project : "";

    public bool IsUnder(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public Finding At(SyntaxNodeOrToken place, string message) => new(Path, LineOf(place.Span.Start), message);

    public Finding AtLine(int line, string message) => new(Path, line, message);

    public int LineOf(int position) => Text.AsSpan(0, position).Count('\n') + 1;
}
