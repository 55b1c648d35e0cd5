using Appliance.Scenarios;
using Xunit;

namespace Appliance.Tests;

/// <summary>Where the captures of a scenario come from and where their frames arrive.</summary>
public sealed class ScenarioInputTests : IDisposable
{
    private const string Config = "config: router.yaml\n";

    private readonly ScenarioRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Without_inputs_each_port_has_the_capture_of_its_name()
    {
        _rig.WriteCapture("wan.pcap", ScenarioRig.Udp("192.168.1.10", source: "9.9.9.9"));
        _rig.MustPass(Config + "counters: {ports.lan.in: 5, ports.wan.in: 1}\n");
    }

    [Fact]
    public void A_sub_port_has_no_capture_of_its_own()
    {
        _rig.WriteCapture("lan.20.pcap", ScenarioRig.Packets);
        _rig.MustPass(Config + "counters: {frames.in: 5}\n");
    }

    [Fact]
    public void Inputs_name_the_captures_relative_to_the_folder()
    {
        Directory.CreateDirectory(_rig["captures"]);
        File.Move(_rig["lan.pcap"], _rig["captures/a.pcap"]);
        _rig.MustPass(
            Config + "inputs: {lan: captures/a.pcap, wan: ../case/captures/a.pcap}\ncounters: {ports.lan.in: 5, ports.wan.in: 5}\n");
    }

    [Theory]
    [InlineData("inputs: {'lan,wan': both.pcap}")]
    [InlineData("inputs:\n  lan,wan: both.pcap\n")]
    public void A_capture_of_both_directions_is_split_and_keeps_its_numbers(string inputs)
    {
        WriteBothWays("both.pcap");
        _rig.MustPass($"{Config}{inputs}\nverdicts: {{2: pass, 'lan,wan:1': pass}}\ncounters: {{ports.lan.in: 1, ports.wan.in: 1}}\n");
    }

    [Theory]
    [InlineData("lan", 2, 0)]
    [InlineData("wan", 0, 2)]
    [InlineData("lan,wan", 1, 1)]
    public void With_port_it_is_input_pcap_that_arrives(string port, int lan, int wan)
    {
        WriteBothWays("input.pcap");
        _rig.MustPass($"{Config}port: {port}\ncounters: {{ports.lan.in: {lan}, ports.wan.in: {wan}}}\ndefault: pass\n");
    }

    [Fact]
    public void Two_captures_may_arrive_at_one_port_and_have_their_own_verdicts()
    {
        WriteBothWays("both.pcap");
        _rig.MustPass(Config + """
            inputs: {lan: lan.pcap, 'lan,wan': both.pcap}
            verdicts: {lan:1: pass, lan:2: drop, 'lan,wan:1': pass, 'lan,wan:2': pass}
            """);
    }

    [Theory]
    [InlineData("inputs: {dmz: lan.pcap}", "2:10: dmz: there is no such port; the configuration has lan, wan")]
    [InlineData("inputs: {lan.20: lan.pcap}", "2:10: lan.20: frames reach a sub-port through its parent; name lan instead")]
    [InlineData("inputs: {'lan,': lan.pcap}", "2:10: : there is no such port; the configuration has lan, wan")]
    [InlineData("inputs: {}", "1:1: expected a capture under 'inputs'")]
    [InlineData("port: dmz", "2:7: dmz: there is no such port; the configuration has lan, wan")]
    [InlineData("port: lan\ninputs: {lan: lan.pcap}", "2:7: 'port' says where input.pcap arrives; with 'inputs' it has no meaning")]
    public void Ports_that_are_none_are_refused(string inputs, string line) =>
        Assert.Equal([line], _rig.MustEnd(ScenarioOutcome.Refused, $"{Config}{inputs}\ndefault: pass\n"));

    [Fact]
    public void A_folder_without_captures_is_told_what_could_be_there()
    {
        File.Delete(_rig["lan.pcap"]);
        Assert.Equal(
            ["1:1: expected captures: 'inputs', or one of lan.pcap, wan.pcap in the folder, or input.pcap and its 'port'"],
            _rig.MustEnd(ScenarioOutcome.Refused, Config + "default: pass\n"));
        WriteBothWays("input.pcap");
        Assert.Equal(
            ["1:1: expected 'port', the port where input.pcap arrives"],
            _rig.MustEnd(ScenarioOutcome.Refused, Config + "default: pass\n"));
    }

    [Theory]
    [InlineData("inputs: {lan: none.pcap}", "2:15: none.pcap: cannot be read: there is no such file")]
    [InlineData("port: lan", "2:7: input.pcap: cannot be read: there is no such file")]
    [InlineData("inputs: {lan: .}", "2:15: .: cannot be read: it is a folder; expected a file")]
    public void A_capture_that_is_missing_is_told_with_the_place_that_names_it(string inputs, string line) =>
        Assert.Equal([line], _rig.MustEnd(ScenarioOutcome.Broken, $"{Config}{inputs}\ndefault: pass\n"));

    [Fact]
    public void Of_a_damaged_capture_what_stands_before_the_damage_is_judged()
    {
        byte[] whole = File.ReadAllBytes(_rig["lan.pcap"]);
        File.WriteAllBytes(_rig["lan.pcap"], whole[..^10]);
        string[] lines = _rig.MustEnd(ScenarioOutcome.Broken, Config + "verdicts: {1: drop, 5: pass}\n");
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("lan.pcap: at byte ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("2:12: packet 1, ", lines[1], StringComparison.Ordinal);
    }

    private void WriteBothWays(string name) => _rig.WriteCapture(
        name, ScenarioRig.Udp("9.9.9.9"), ScenarioRig.Udp("192.168.1.10", source: "9.9.9.9"));
}
