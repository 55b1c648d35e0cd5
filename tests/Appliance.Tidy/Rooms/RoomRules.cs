using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Appliance.Tidy;

/// <summary>What only some rooms may do. Comments and strings are never meant: these rules read syntax.</summary>
public static class RoomRules
{
    private const string Program = "src/Appliance";
    private static readonly string[] SocketTypes = ["Socket", "TcpListener", "TcpClient", "UdpClient", "HttpClient", "HttpListener"];
    private static readonly string[] ThreadAndClockTypes = ["Thread", "ThreadPool", "Stopwatch", "TimeProvider", "PeriodicTimer"];
    private static readonly string[] PlatformAttributes = ["DllImport", "DllImportAttribute", "LibraryImport", "LibraryImportAttribute"];
    private static readonly string[] PrintingTests =
        ["tests/Appliance.TestRunner", "tests/Appliance.Benchmarks", "tests/Appliance.Fuzz"];       // programs, not tests

    /// <summary>Pointers: in folders named Kernels, in the ports, and in tests.</summary>
    public static IEnumerable<Finding> Unsafe(SourceFile file) =>
        file.IsUnder("tests") || IsPort(file) || file.Path.Split('/').Contains("Kernels")
            ? []
            : file.Syntax.DescendantTokens()
                .Where(token => token.IsKind(SyntaxKind.UnsafeKeyword))
                .Select(token => file.At(token, "unsafe outside Kernels"));

    /// <summary>Calls of native code: in the ports, and where tests drive the machine or a native peer.</summary>
    public static IEnumerable<Finding> PlatformCalls(SourceFile file) =>
        IsPort(file) || file.IsUnder("tests/Appliance.Benchmarks") || file.IsUnder("tests/Appliance.Interop")
            ? []
            : file.Syntax.DescendantNodes().OfType<AttributeSyntax>()
                .Where(attribute => PlatformAttributes.Contains(Unqualified(attribute.Name)))
                .Select(attribute => file.At(attribute, $"{attribute.Name} outside the ports"));

    /// <summary>Sockets: in the ports, in the management and its tests, in tests against real peers. Addresses of System.Net are
    /// text.</summary>
    public static IEnumerable<Finding> Sockets(SourceFile file) =>
        IsPort(file) || file.IsUnder("src/Appliance.Management") || file.IsUnder("tests/Appliance.Management.Tests")
        || file.IsUnder("tests/Appliance.Interop")
            ? []
            : Uses(file, SocketTypes, "a socket outside ports and management");

    /// <summary>Threads and clocks: in the program and in tests. Elsewhere time is an argument, and a thread is whoever calls.</summary>
    public static IEnumerable<Finding> ThreadsAndClocks(SourceFile file) =>
        file.IsUnder(Program) || file.IsUnder("tests")
            ? []
            : [.. Uses(file, ThreadAndClockTypes, "outside the program"), .. Calls(file, "Task", "Run", "outside the program")];

    /// <summary>Waiting on the real clock: in tests, only where the other side is a real program.</summary>
    public static IEnumerable<Finding> Sleeps(SourceFile file) =>
        !file.IsUnder("tests") || file.IsUnder("tests/Appliance.Interop") || file.IsUnder("tests/Appliance.Benchmarks")
            ? []
            : Calls(file, "Thread", "Sleep", "a test that sleeps").Concat(Calls(file, "Task", "Delay", "a test that sleeps"));

    /// <summary>The console belongs to the program and to the tests' own programs. A test writes to its output instead.</summary>
    public static IEnumerable<Finding> Consoles(SourceFile file) =>
        file.IsUnder(Program) || PrintingTests.Any(file.IsUnder)
            ? []
            : file.Syntax.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
                .Where(access => Unqualified(access.Expression) == "Console")
                .Select(access => file.At(access, "the console outside the program"));

    private static bool IsPort(SourceFile file) => file.Project.StartsWith("Appliance.Ports.", StringComparison.Ordinal);

    /// <summary>Those types' names where they stand as a type or before a dot; a member that happens to have the name is not one.</summary>
    private static IEnumerable<Finding> Uses(SourceFile file, string[] types, string message) => file.Syntax.DescendantNodes()
        .OfType<IdentifierNameSyntax>()
        .Where(name => types.Contains(name.Identifier.Text) && IsTypeOrQualifier(name))
        .Select(name => file.At(name, $"{name.Identifier.Text}: {message}"));

    private static bool IsTypeOrQualifier(IdentifierNameSyntax name) => name.Parent switch
    {
        MemberAccessExpressionSyntax access =>
            access.Expression == name || (access.Parent is MemberAccessExpressionSyntax && IsSystem(access)),
        QualifiedNameSyntax qualified => qualified.Right == name,
        VariableDeclarationSyntax or ParameterSyntax or ObjectCreationExpressionSyntax or TypeArgumentListSyntax or NullableTypeSyntax
            or ArrayTypeSyntax or BasePropertyDeclarationSyntax or MethodDeclarationSyntax or SimpleBaseTypeSyntax
            or PrimaryConstructorBaseTypeSyntax or CastExpressionSyntax or TypeOfExpressionSyntax or DeclarationPatternSyntax
            or DeclarationExpressionSyntax or RefTypeSyntax => true,
        _ => false,
    };

    private static bool IsSystem(MemberAccessExpressionSyntax access) =>
        access.Expression.ToString().StartsWith("System.", StringComparison.Ordinal);

    private static IEnumerable<Finding> Calls(SourceFile file, string type, string member, string message) => file.Syntax.DescendantNodes()
        .OfType<MemberAccessExpressionSyntax>()
        .Where(access => access.Name.Identifier.Text == member && Unqualified(access.Expression) == type)
        .Select(access => file.At(access, $"{type}.{member}: {message}"));

    private static string Unqualified(SyntaxNode name) => name.ToString().Split('.', ':')[^1];
}
