using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tidy;

/// <summary>What types are called and where they stand.</summary>
public static partial class NameRules
{
    private static readonly string[] SayNothing =
        ["Manager", "Managers", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Impl"];

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+")]
    private static partial Regex Word { get; }

    /// <summary>Type names with a word that says nothing about what the type is for.</summary>
    public static IEnumerable<Finding> EmptyWords(SourceFile file) =>
        from type in TypesOf(file)
        from Match word in Word.Matches(type.Name.Text)
        where SayNothing.Contains(word.Value)
        select file.At(type.Name, $"{type.Name.Text}: `{word.Value}` says nothing of what it does; name the thing");

    /// <summary>More than one public type at the top of a file. (That the file has the type's name is MA0048's business.)</summary>
    public static IEnumerable<Finding> CrowdedFiles(SourceFile file)
    {
        string[] names =
            [.. TypesOf(file).Where(type => IsPublicAtTop(type.Node)).Select(type => type.Name.Text).Distinct(StringComparer.Ordinal)];
        if (names.Length > 1) yield return new Finding(file.Path, 0, $"{names.Length} public types: {string.Join(", ", names)}");
    }

    private static IEnumerable<(SyntaxNode Node, SyntaxToken Name)> TypesOf(SourceFile file) => file.Syntax.DescendantNodes()
        .Select(node => (node, node switch
        {
            BaseTypeDeclarationSyntax type => type.Identifier,
            DelegateDeclarationSyntax type => type.Identifier,
            _ => default,
        }))
        .Where(type => type.Item2.IsKind(SyntaxKind.IdentifierToken));

    private static bool IsPublicAtTop(SyntaxNode type) =>
        type.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax
        && ((MemberDeclarationSyntax)type).Modifiers.Any(SyntaxKind.PublicKeyword);
}
