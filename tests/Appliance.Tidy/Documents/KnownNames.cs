using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tidy;

/// <summary>Everything in the repository that a document may speak of.</summary>
/// <param name="Paths">Files, relative to the root.</param>
/// <param name="Types">Declared types with the members they declare.</param>
/// <param name="Namespaces">Declared namespaces and all that enclose them.</param>
/// <param name="MakeWords">Targets of the Makefile, and variables that it reads.</param>
/// <param name="ProgramWords">String literals of the program: its verbs and flags are among them.</param>
/// <param name="ToolWords">Flags of the tests' programs and scripts.</param>
public sealed partial record KnownNames(
    IReadOnlySet<string> Paths,
    ILookup<string, string> Types,
    IReadOnlySet<string> Namespaces,
    IReadOnlySet<string> MakeWords,
    IReadOnlySet<string> ProgramWords,
    IReadOnlySet<string> ToolWords)
{
    [GeneratedRegex(
        @"^(?<word>[a-z][a-z-]*):(?!=)|\$[({](?<word>[A-Z_]+)[)}]|^(?<word>[A-Z_]+) \?=",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex MakeWord { get; }

    [GeneratedRegex(@"--[a-z][a-z-]*")]
    private static partial Regex Flag { get; }

    public static KnownNames Of(IReadOnlyList<SourceFile> files, IReadOnlySet<string> paths)
    {
        SourceFile[] code = [.. files.Where(file => file.IsCSharp)];
        IEnumerable<SourceFile> makefiles = files.Where(file => Path.GetFileName(file.Path) == "Makefile");
        IEnumerable<SourceFile> tools = files.Where(file => file.IsUnder("tests") && !file.IsUnder("tests/Appliance.Tidy"));
        return new KnownNames(
            paths,
            code.SelectMany(TypesOf).ToLookup(pair => pair.Type, pair => pair.Member, StringComparer.Ordinal),
            Set(code.SelectMany(NamespacesOf)),
            Set(makefiles.SelectMany(file => MakeWord.Matches(file.Text)).Select(word => word.Groups["word"].Value)),
            Set(code.Where(file => file.IsUnder("src/Appliance")).SelectMany(LiteralsOf)),
            Set(tools.SelectMany(file => Flag.Matches(file.Text)).Select(flag => flag.Value)));
    }

    /// <summary>A file or folder, by its path from the root or by the end of it.</summary>
    public bool HasPath(string path)
    {
        string end = path.TrimEnd('/');
        return Paths.Any(known => known == end || known.EndsWith("/" + end, StringComparison.Ordinal)
            || ("/" + known).Contains("/" + end + "/", StringComparison.Ordinal));
    }

    /// <summary><c>Type</c>, <c>Member</c>, <c>Type.Member</c>, <c>Namespace</c> or <c>Namespace.Type</c>.</summary>
    public bool HasName(string name)
    {
        if (Namespaces.Contains(name) || Types.Contains(name) || HasPath(name)) return true;
        int dot = name.LastIndexOf('.');
        if (dot < 0) return Types.Any(type => type.Contains(name, StringComparer.Ordinal));
        string owner = name[..dot], last = name[(dot + 1)..];
        string type = owner[(owner.LastIndexOf('.') + 1)..];
        return (Namespaces.Contains(owner) && Types.Contains(last)) || Types[type].Contains(last, StringComparer.Ordinal);
    }

    private static IEnumerable<(string Type, string Member)> TypesOf(SourceFile file)
    {
        foreach (SyntaxNode node in file.Syntax.DescendantNodes())
        {
            if (node is DelegateDeclarationSyntax function) yield return (function.Identifier.Text, "Invoke");
            if (node is not BaseTypeDeclarationSyntax type) continue;
            yield return (type.Identifier.Text, type.Identifier.Text);
            foreach (SyntaxNode member in type.ChildNodes().Concat((type as TypeDeclarationSyntax)?.ParameterList?.Parameters ?? []))
            {
                foreach (string name in DeclaredBy(member))
                    yield return (type.Identifier.Text, name);
            }
        }
    }

    private static IEnumerable<string> DeclaredBy(SyntaxNode member) => member switch
    {
        MethodDeclarationSyntax method => [method.Identifier.Text],
        PropertyDeclarationSyntax property => [property.Identifier.Text],
        ParameterSyntax parameter => [parameter.Identifier.Text],
        EnumMemberDeclarationSyntax value => [value.Identifier.Text],
        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(variable => variable.Identifier.Text),
        _ => [],
    };

    private static IEnumerable<string> NamespacesOf(SourceFile file) =>
        from declared in file.Syntax.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>()
        let parts = declared.Name.ToString().Split('.')
        from length in Enumerable.Range(1, parts.Length)
        select string.Join('.', parts.Take(length));

    private static IEnumerable<string> LiteralsOf(SourceFile file) => file.Syntax.DescendantTokens()
        .Where(token => token.IsKind(SyntaxKind.StringLiteralToken))
        .Select(token => token.ValueText);

    private static HashSet<string> Set(IEnumerable<string> names) => names.ToHashSet(StringComparer.Ordinal);
}
