using Appliance.Configuration;
using Appliance.Node;
using Appliance.Scenarios;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Tests;

/// <summary>
/// The scenarios of configs/scenarios: they pass, they fail when their configuration is changed, and their captures hold what the texts
/// beside them say. With APPLIANCE_WRITE_CAPTURES set, the captures are written from the texts (<c>inputs</c>), or from what leaves
/// (<c>outputs</c>): read the difference before you believe it.
/// </summary>
public sealed class ShippedScenarioTests(ITestOutputHelper output)
{
    private static readonly string Folder = RepositoryFiles.PathTo("configs", "scenarios");
    private static readonly string? Written = Environment.GetEnvironmentVariable("APPLIANCE_WRITE_CAPTURES");

    public static TheoryData<string> Names() => [.. ScenarioFolder.Find(Folder).Select(scenario => scenario.Name)];

    public static TheoryData<string> Texts() => [.. Directory.EnumerateFiles(Folder, "*.txt", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_passes(string name)
    {
        var scenario = new ScenarioFolder(Path.Combine(Folder, name), name);
        if (Written == "outputs") ScenarioCapturer.Write(scenario);
        ScenarioResult result = ScenarioRun.Of(scenario);
        Assert.True(result.Outcome == ScenarioOutcome.Passed, string.Join('\n', result.Lines));
    }

    [Fact]
    public void No_rule_could_be_left_out_without_a_scenario_that_notices()
    {
        IReadOnlyList<MutationSuite> suites = MutationSuite.FindAll(ScenarioFolder.Find(Folder));
        string[] rulesets = [.. suites.Select(suite => Path.GetFileName(suite.Ruleset))];
        Assert.Equal(["dmz.pf.conf", "dual-wan.pf.conf", "home-nat.pf.conf", "ipv6.pf.conf"], rulesets.Order(StringComparer.Ordinal));
        MutationResult[] results = [.. suites.SelectMany(suite => suite.Mutations.Select(suite.Try))];
        Assert.All(results, result => Assert.True(result.NoticedBy is not null, result.Line));
        foreach (IGrouping<string, MutationResult> scenario in results.GroupBy(result => result.NoticedBy!.Name))
            output.WriteLine($"{scenario.Key} misses {string.Join(", ", scenario.Select(result => result.Mutation.Name))}");
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Each_capture_holds_the_packets_of_its_text(string text)
    {
        string file = Path.Combine(Folder, text), capture = Path.ChangeExtension(file, ".pcap");
        string[] packets = File.ReadAllLines(file);
        MacAddress mac = MacOf(ScenarioReader.Read(Path.Combine(Path.GetDirectoryName(file)!, ScenarioFolder.FileName)), file);
        if (Written == "inputs") Captures.Write(capture, mac, packets);
        using var folder = new TemporaryFolder();
        Assert.Equal(Captures.Frames(Captures.Write(folder["made.pcap"], mac, packets)), Captures.Frames(capture));
    }

    [Theory]
    [InlineData("router", "router.yaml", "rpf: strict", "rpf: off")]
    [InlineData("router", "router.yaml", "  - {to: 10.20.0.0/16, via: 192.168.1.254}\n", "")]
    [InlineData("router", "router.yaml", "blackhole: true", "via: 203.0.113.1")]
    [InlineData("router", "router.yaml", "192.168.1.1/24", "192.168.1.2/24")]
    [InlineData("icmp-answers", "dual-stack.yaml", "mtu: 1492", "mtu: 1500")]
    [InlineData("icmp-answers", "dual-stack.yaml", "mtu: 1492", "mtu: 1484")]
    [InlineData("icmp-answers", "dual-stack.yaml", "blackhole: true", "via: \"2001:db8:1::53\"")]
    [InlineData("icmp-answers", "dual-stack.yaml", "mac: \"02:00:00:00:00:01\"", "mac: \"02:00:00:00:00:02\"")]
    [InlineData("vlans", "vlans.yaml", ", rpf: strict", "")]
    [InlineData("vlans", "vlans.yaml", "vlan: 20", "vlan: 30")]
    [InlineData("vlans", "vlans.yaml", "parent: service, vlan: 2,", "parent: service, vlan: 3,")]
    public void Each_fails_when_its_configuration_says_something_else(string name, string configuration, string said, string instead)
    {
        using var folder = new TemporaryFolder();
        string text = File.ReadAllText(RepositoryFiles.PathTo("configs", configuration));
        Assert.Contains(said, text, StringComparison.Ordinal);
        folder.Write(configuration, text.Replace(said, instead, StringComparison.Ordinal));
        string scenario = folder[$"scenarios/{name}"];
        Directory.CreateDirectory(scenario);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Folder, name)))
            File.Copy(file, Path.Combine(scenario, Path.GetFileName(file)));
        ScenarioResult result = ScenarioRun.Of(new ScenarioFolder(scenario, name));
        Assert.True(result.Outcome == ScenarioOutcome.Failed, $"{result.Outcome}: {string.Join('\n', result.Lines)}");
    }

    /// <summary>The MAC address of the port where the capture of a text arrives, or of the first such port.</summary>
    private static MacAddress MacOf(ScenarioFile scenario, string file)
    {
        string configuration = Path.Combine(Path.GetDirectoryName(file)!, scenario.Config!.Value.Text);
        RuntimeModel model = ConfigurationLoader.Load(configuration).Model!;
        using var node = new ApplianceNode(model, new NodeOptions { Workers = 1 });
        string name = Path.GetFileNameWithoutExtension(file);
        string port = scenario.Inputs?.FirstOrDefault(input => input.File.Text == $"{name}.pcap").Label.Text ?? name;
        return node.Models.Ports[model.FindPort(port.Split(',')[0])!.Index].Mac;
    }
}
