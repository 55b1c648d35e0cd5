using System.Collections.Immutable;
using Appliance.Firewall.Language;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests.Language;

/// <summary>
/// The files of FreeBSD's test of pfctl's parser, which lie beside the repository in <c>../shared/pfctl-tests</c> and are no part of it.
/// </summary>
internal sealed class PfctlTestFiles : IInterfaceAddresses
{
    private readonly string _number;

    private PfctlTestFiles(string number) => _number = number;

    public static string Folder { get; } = Path.GetFullPath(Path.Combine(RepositoryRoot.Folder, "..", "shared", "pfctl-tests"));

    /// <summary>The numbers of all tests that have a file of this kind, never none; skips where the folder is absent.</summary>
    public static ImmutableArray<string> NumbersWith(string extension)
    {
        Assert.SkipUnless(Directory.Exists(Folder), "There is no folder ../shared/pfctl-tests beside the repository.");
        string[] files = Directory.GetFiles(Folder, $"pf????.{extension}");
        Assert.NotEmpty(files);
        return [.. files.Select(file => Path.GetFileName(file)[2..6]).Order(StringComparer.Ordinal)];
    }

    public static bool Exists(string number, string extension) => File.Exists(PathOf(number, extension));

    public static string Read(string number, string extension) => File.ReadAllText(PathOf(number, extension));

    public static PfParseResult Parse(string number, string extension) =>
        PfRulesetParser.Parse($"pf{number}.{extension}", new TextFiles(Folder), new PfctlTestFiles(number));

    /// <summary>What a parse prints: the ruleset's lines, or its errors.</summary>
    public static string Print(PfParseResult result) => result.Ruleset is { } ruleset
        ? string.Concat(ruleset.Lines.Select(line => line + "\n"))
        : string.Concat(result.Errors.Select(error => error + "\n"));

    /// <summary>Some tests have an interface named after them, with these addresses.</summary>
    public ImmutableArray<InterfaceAddress> AddressesOf(string name)
    {
        if (name != $"vlan{_number}") return new LoopbackAddresses().AddressesOf(name);
        Assert.True(IpPrefix.TryParse("2001:db8::203.0.113.5/126", out IpPrefix inet6));
        Assert.True(IpPrefix.TryParse("203.0.113.5/30", out IpPrefix inet));
        return [new InterfaceAddress(name, inet), new InterfaceAddress(name, inet6)];
    }

    public bool IsLoopback(string name) => new LoopbackAddresses().IsLoopback(name);

    private static string PathOf(string number, string extension) => Path.Combine(Folder, $"pf{number}.{extension}");
}
