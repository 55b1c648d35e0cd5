using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tidy;

/// <summary>How long things may be.</summary>
public static partial class SizeRules
{
    public const int FileLines = 400;
    public const int FunctionLines = 70;
    public const int Columns = 140;
    private const int FirstLines = 5;                                 // where a longer file has to say why

    [GeneratedRegex(@"^\s*//.*\bover 400 lines\b.*:\s*\S{3,}", RegexOptions.IgnoreCase)]
    private static partial Regex Excuse { get; }

    public static IEnumerable<Finding> LongFiles(SourceFile file)
    {
        if (file.Lines.Count > FileLines && !file.Lines.Take(FirstLines).Any(line => Excuse.IsMatch(line)))
            yield return new Finding(file.Path, 0, $"{file.Lines.Count} lines: split it, or begin it with `// Over 400 lines: why`");
    }

    public static IEnumerable<Finding> LongLines(SourceFile file) => file.Lines
        .Select((line, index) => (line, number: index + 1))
        .Where(row => row.line.EnumerateRunes().Count() > Columns)
        .Select(row => file.AtLine(row.number, $"{row.line.EnumerateRunes().Count()} columns, at most {Columns}"));

    /// <summary>A function is counted from its name's line to its closing brace; attributes and comments above it are not.</summary>
    public static IEnumerable<Finding> LongFunctions(SourceFile file) => file.Syntax.DescendantNodes()
        .Where(node => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
            or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax)
        .Select(node => (node, lines: LinesOf(file, node)))
        .Where(row => row.lines > FunctionLines)
        .Select(row => file.At(row.node, $"a function of {row.lines} lines, at most {FunctionLines}"));

    private static int LinesOf(SourceFile file, SyntaxNode function)
    {
        SyntaxToken first = function.ChildTokens().FirstOrDefault(function.GetFirstToken());
        return file.LineOf(function.Span.End) - file.LineOf(first.SpanStart) + 1;
    }
}
