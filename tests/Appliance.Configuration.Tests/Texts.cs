using Appliance.Testing;
using Xunit;

namespace Appliance.Configuration.Tests;

/// <summary>Configurations as text, and the two things a test wants of one.</summary>
internal static class Texts
{
    public const string TwoPorts = """
        ports:
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:1::2/64"]}
          lan: {backend: pcap, addresses: [192.168.1.1/24]}

        """;

    /// <summary>Any ruleset that a configuration may name.</summary>
    public static readonly RulesetTexts Rulesets = new RulesetTexts()
        .With("a.conf", "pass on lan\n")
        .With("b.conf", "pass on lan\n")
        .With("edge.pf.conf", "pass on inside\n")
        .With("/etc/pf.conf", "pass\n");

    public static RuntimeModel Model(string text, RulesetTexts? rulesets = null)
    {
        ConfigurationResult result = ConfigurationLoader.LoadText(text, "etc/edge.yaml", rulesets ?? Rulesets);
        Assert.Empty(result.Errors);
        Assert.NotNull(result.Model);
        return result.Model;
    }

    /// <summary>The errors without the name of the file.</summary>
    public static string[] Errors(string text)
    {
        ConfigurationResult result = ConfigurationLoader.LoadText(text, "f", Rulesets);
        Assert.Equal(result.Model is null, result.Errors.Length > 0);
        return [.. result.Errors.Select(error => error.ToString()[2..].TrimStart())];
    }
}
