using Appliance.Scenarios;
using Xunit;

namespace Appliance.Tests;

/// <summary>A test.yaml that is wrong: refused with the place of what is, whatever else it says.</summary>
public sealed class ScenarioFaultTests : IDisposable
{
    private readonly ScenarioRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData("", "1:1: expected a mapping with keys")]
    [InlineData("# nothing\n", "2:1: expected a mapping with keys")]
    [InlineData("- config: x\n", "1:1: expected a mapping with keys")]
    [InlineData("default: pass\n", "1:1: expected the key 'config'")]
    [InlineData("config: router.yaml\n", "1:1: nothing is expected;")]
    [InlineData("config: router.yaml\ncounters: {}\nverdicts: {}\n", "1:1: nothing is expected;")]
    [InlineData("config:\ndefault: pass\n", "1:8: expected the configuration's file")]
    [InlineData("config: [router.yaml]\ndefault: pass\n", "1:9: expected the configuration's file")]
    [InlineData("config: \"router\\0.yaml\"\ndefault: pass\n", "1:9: expected the configuration's file")]
    [InlineData("config: none.yaml\ndefault: pass\n", "1:9: none.yaml: there is no such configuration")]
    [InlineData("confg: router.yaml\n", "1:1: unknown key 'confg'; known are config, inputs,")]
    [InlineData("config: router.yaml\nconfig: router.yaml\n", "2:1: 'config' stands here for the second time")]
    [InlineData("? [a]\n: 1\n", "1:3: expected a key")]
    [InlineData("vcpus: 0\n", "1:8: expected a number from 1 to 64, found '0'")]
    [InlineData("vcpus: 65\n", "1:8: expected a number from 1 to 64, found '65'")]
    [InlineData("vcpus: two\n", "1:8: expected a number from 1 to 64, found 'two'")]
    [InlineData("vcpus: {}\n", "1:8: expected a number from 1 to 64")]
    [InlineData("seed: -1\n", "1:7: expected a number from 0 to 18446744073709551615, found '-1'")]
    [InlineData("seed: 18446744073709551616\n", "1:7: expected a number from 0 to 18446744073709551615, found")]
    [InlineData("inputs: lan.pcap\n", "1:9: expected captures by port under 'inputs'")]
    [InlineData("inputs: {lan: [lan.pcap]}\n", "1:15: expected a capture's file")]
    [InlineData("inputs: {lan: ''}\n", "1:15: expected a capture's file")]
    [InlineData("inputs: {lan: a, lan: b}\n", "1:18: 'lan' stands here for the second time")]
    [InlineData("port: [lan]\n", "1:7: expected the port where input.pcap arrives")]
    [InlineData("outputs: [wan]\n", "1:10: expected captures by port under 'outputs'")]
    [InlineData("counters: 7\n", "1:11: expected paths and numbers under 'counters'")]
    [InlineData("counters: {frames.in: x}\n", "1:23: expected a number, found 'x'")]
    [InlineData("counters: {frames.in: 9223372036854775808}\n", "1:23: expected a number, found")]
    [InlineData("verdicts: pass\n", "1:11: expected verdicts by packet under 'verdicts'")]
    [InlineData("verdicts: {0: pass}\n", "1:12: expected a packet, its number from 1 or PORT:NUMBER, found '0'")]
    [InlineData("verdicts: {-1: pass}\n", "1:12: expected a packet, its number from 1 or PORT:NUMBER, found '-1'")]
    [InlineData("verdicts: {lan: pass}\n", "1:12: expected a packet, its number from 1 or PORT:NUMBER, found 'lan'")]
    [InlineData("verdicts: {'lan:': pass}\n", "1:12: expected a packet, its number from 1 or PORT:NUMBER, found 'lan:'")]
    [InlineData("verdicts: {':1': pass}\n", "1:12: expected a packet, its number from 1 or PORT:NUMBER, found ':1'")]
    [InlineData("verdicts: {1: pass, 1: drop}\n", "1:21: '1' stands here for the second time")]
    [InlineData("verdicts: {1: accept}\n", "1:15: expected pass, block, drop or consume, found 'accept'")]
    [InlineData("verdicts: {1: none}\n", "1:15: expected pass, block, drop or consume, found 'none'")]
    [InlineData("verdicts: {1: }\n", "1:15: expected pass, block, drop or consume, found ''")]
    [InlineData("verdicts: {1: [pass]}\n", "1:15: expected a verdict: pass, block, drop or consume")]
    [InlineData("verdicts: {1: {}}\n", "1:15: expected the key 'verdict' with pass, block, drop or consume")]
    [InlineData("verdicts: {1: {reason: no-route}}\n", "1:15: expected the key 'verdict'")]
    [InlineData("verdicts: {1: {verdict: pass, why: x}}\n", "1:31: unknown key 'why'; known are verdict, reason, rule")]
    [InlineData("verdicts: {1: {verdict: pass, verdict: pass}}\n", "1:31: 'verdict' stands here for the second time")]
    [InlineData("verdicts: {1: {verdict: drop, reason: because}}\n", "1:39: there is no drop reason 'because'")]
    [InlineData("verdicts: {1: {verdict: drop, reason: none}}\n", "1:39: there is no drop reason 'none'")]
    [InlineData("verdicts: {1: {verdict: drop, reason: block}}\n", "1:39: 'block' is the reason of a block, never of a drop")]
    [InlineData("verdicts: {1: {verdict: block, reason: mtu}}\n", "1:40: 'mtu' is the reason of a drop, never of a block")]
    [InlineData("verdicts: {1: {verdict: pass, reason: mtu}}\n", "1:39: 'mtu' is the reason of a drop, never of a pass")]
    [InlineData("verdicts: {1: {verdict: drop, rule: [x]}}\n", "1:37: expected a rule's identifier")]
    [InlineData("default: {verdict: 7}\n", "1:20: expected pass, block, drop or consume, found '7'")]
    [InlineData("config: router.yaml\n---\ndefault: pass\n", "2:1: expected the end of the file")]
    [InlineData("default: {verdict: pass\n", "2:1: ")]
    [InlineData("default: \"\\UFFFFFFFF\"\n", "1:")]
    public void It_is_refused_with_its_place(string yaml, string line)
    {
        string found = Assert.Single(_rig.MustEnd(ScenarioOutcome.Refused, yaml));
        Assert.StartsWith(line, found, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_said_at_once()
    {
        string[] lines = _rig.MustEnd(ScenarioOutcome.Refused, """
            config: router.yaml
            vcpus: many
            verdicts: {1: pass, x: drop, 3: {verdict: drop, reason: nope}}
            foo: {bar: [1, 2]}
            default: maybe
            """);
        Assert.Equal(["2:8", "3:21", "3:57", "4:1", "5:10"], lines.Select(line => line.Split(": ")[0]));
    }

    [Fact]
    public void A_file_of_another_kind_is_one_fault()
    {
        string line = Assert.Single(_rig.MustEnd(ScenarioOutcome.Refused, "version: 1\nvcpus: 2\nports: {}\n"));
        Assert.StartsWith("1:1: unknown key 'version'", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verdicts: {6: pass}", "2:12: there is no packet 6 in lan.pcap: it has 5")]
    [InlineData("verdicts: {lan:9223372036854775807: pass}", "2:12: there is no packet 9223372036854775807 in lan.pcap: it has 5")]
    [InlineData("verdicts: {wan:1: pass}", "2:12: there is no capture for 'wan'; there are those for lan")]
    [InlineData("verdicts: {1: pass, lan:1: pass}", "2:21: packet 1 stands here for the second time")]
    [InlineData("verdicts: {1: pass, 01: pass}", "2:21: packet 1 stands here for the second time")]
    public void Packets_that_are_nowhere_are_refused(string verdicts, string line) =>
        Assert.Equal([line], _rig.MustEnd(ScenarioOutcome.Refused, $"config: router.yaml\n{verdicts}\ndefault: pass\n"));

    [Fact]
    public void Of_several_captures_a_bare_number_is_none()
    {
        _rig.WriteCapture("wan.pcap", ScenarioRig.Packets[0]);
        Assert.Equal(
            ["2:12: packet 1 of which capture? expected PORT:1, with PORT of lan, wan"],
            _rig.MustEnd(ScenarioOutcome.Refused, "config: router.yaml\nverdicts: {1: pass}\n"));
    }

    [Fact]
    public void The_faults_of_the_configuration_are_told_as_its_own()
    {
        _rig.Write("bad.yaml", "ports: {lan: {backend: pcap, mtu: 7}}\n");
        string line = Assert.Single(_rig.MustEnd(ScenarioOutcome.Refused, "config: bad.yaml\ndefault: pass\n"));
        Assert.StartsWith("bad.yaml:1:35: ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_refused() => _rig.MustEnd(ScenarioOutcome.Refused, "verdicts: " + new string('[', 100_000));

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        File.WriteAllBytes(_rig["test.yaml"], [.. Enumerable.Range(0, 3000).Select(i => (byte)((i * 151) + 200))]);
        ScenarioResult result = ScenarioRun.Of(new ScenarioFolder(_rig.Folder, "case"));
        Assert.Equal(ScenarioOutcome.Refused, result.Outcome);
    }
}
