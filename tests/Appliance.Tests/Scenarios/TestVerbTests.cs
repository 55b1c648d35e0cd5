using System.Xml.Linq;
using Xunit;

namespace Appliance.Tests;

/// <summary><c>test</c> as its users run it: folders, exit codes, what is printed and the JUnit file.</summary>
public sealed class TestVerbTests : IDisposable
{
    private const string Good = "config: ../router.yaml\ndefault: pass\n";
    private const string Bad = "config: ../router.yaml\ndefault: drop\n";
    private const string Wrong = "config: ../router.yaml\ndefualt: drop\n";

    private readonly TemporaryFolder _folder = new();

    public TestVerbTests() => _folder.Write("router.yaml", ScenarioRig.Router);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_demo_is_two_scenarios_a_home_gateway_and_a_plain_router()
    {
        ProcessRun run = ApplianceProgram.Succeed("test", RepositoryFiles.PathTo("configs", "demo"));
        Assert.Equal(["2 scenarios: 2 passed, 0 failed"], run.OutputLines);
    }

    [Fact]
    public void A_rule_that_no_scenario_would_miss_is_found()
    {
        _folder.Write("gate.yaml", ScenarioRig.Router + "firewall: {ruleset: gate.pf.conf}\n");
        string rules = _folder.Write("gate.pf.conf", """
            table <friends> const { 192.168.1.10 }
            table <foes> const { 192.168.1.66 }
            block all label "closed"
            pass in on lan from <friends> label "friends"
            block in quick on lan from <foes> label "foes"
            pass out on wan

            """);
        Add("good", "config: ../gate.yaml\nverdicts: {1: {verdict: pass, rule: friends}}\n");
        ProcessRun run = ApplianceProgram.RunIn(_folder.Path, "test", "--mutate", "good", "--junit", "results.xml");
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            [
                "gate.pf.conf:2:1: no scenario notices when table <foes> is gone: table <foes>",
                "gate.pf.conf:3:1: no scenario notices when rule closed is gone: block drop all label \"closed\"",
                "gate.pf.conf:5:1: no scenario notices when rule foes is gone: "
                    + "block drop in quick on lan from <foes> to any label \"foes\"",
            ],
            run.ErrorLines);
        Assert.Equal(
            ["1 scenario: 1 passed, 0 failed", "gate.pf.conf: 6 rules and tables deleted one by one: 3 noticed, 3 not"], run.OutputLines);
        XElement root = XDocument.Load(_folder["results.xml"]).Root!;
        Assert.Equal(("7", "3", "0"), (Value(root, "tests"), Value(root, "failures"), Value(root, "errors")));
        Assert.Contains("without rule foes", root.Descendants("failure").Select(failure => Value(failure.Parent!, "name")));

        File.WriteAllText(rules, "block all\npass in on lan\npass out on wan\n");
        Add("good", "config: ../gate.yaml\nverdicts: {1: {verdict: pass, rule: \"gate.pf.conf:2\"}}\n");
        Add("other", "config: ../gate.yaml\ninputs: {wan: lan.pcap}\ndefault: block\n");
        run = ApplianceProgram.RunIn(_folder.Path, "test", "--mutate", "good", "other");
        Assert.Equal((0, "gate.pf.conf: 3 rules and tables deleted one by one: 3 noticed, 0 not"), (run.ExitCode, run.OutputLines[^1]));
    }

    /// <summary>A rule is tested when any scenario misses it, of whichever configuration that names its ruleset.</summary>
    [Fact]
    public void Configurations_that_name_one_ruleset_test_it_together()
    {
        Directory.CreateDirectory(_folder["elsewhere"]);
        _folder.Write("gate.pf.conf", "block all\npass in on lan\npass out on wan\n");
        _folder.Write("gate.yaml", ScenarioRig.Router + "firewall: {ruleset: gate.pf.conf}\n");
        _folder.Write("elsewhere/other.yaml", ScenarioRig.Router + "firewall: {ruleset: ../gate.pf.conf}\n");
        Add("out", "config: ../gate.yaml\nverdicts: {1: {verdict: pass, rule: \"gate.pf.conf:2\"}}\n");
        Add("in", "config: ../elsewhere/other.yaml\ninputs: {wan: lan.pcap}\ndefault: block\n");
        ProcessRun run = ApplianceProgram.RunIn(_folder.Path, "test", "--mutate", "out");
        Assert.Equal((1, "gate.pf.conf: 3 rules and tables deleted one by one: 2 noticed, 1 not"), (run.ExitCode, run.OutputLines[^1]));
        run = ApplianceProgram.RunIn(_folder.Path, "test", "--mutate", "out", "in");
        Assert.Equal((0, "gate.pf.conf: 3 rules and tables deleted one by one: 3 noticed, 0 not"), (run.ExitCode, run.OutputLines[^1]));
    }

    [Fact]
    public void Without_a_ruleset_or_with_scenarios_that_fail_nothing_is_deleted()
    {
        Add("good", Good);
        Assert.Contains("--mutate: no configuration of these scenarios has a ruleset",
            ApplianceProgram.Fail(2, "test", "--mutate", _folder["good"]), StringComparison.Ordinal);
        Add("bad", Bad);
        ProcessRun run = ApplianceProgram.Run("test", "--mutate", _folder["bad"]);
        Assert.Equal((1, "1 scenario: 0 passed, 1 failed"), (run.ExitCode, Assert.Single(run.OutputLines)));
    }

    [Fact]
    public void Those_that_ship_pass()
    {
        ProcessRun run = ApplianceProgram.Succeed("test", RepositoryFiles.PathTo("configs"));
        Assert.Matches("^[0-9]+ scenarios: [0-9]+ passed, 0 failed$", Assert.Single(run.OutputLines));
    }

    [Fact]
    public void A_scenario_that_fails_says_why_and_the_exit_code_is_1()
    {
        string file = Add("bad", Bad);
        ProcessRun run = ApplianceProgram.Run("test", _folder["bad"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            [$"{file}:2:10: packet 1, IP 192.168.1.10.40000 > 8.8.8.8.53: UDP, length 0: expected drop, got pass"], run.ErrorLines);
        Assert.Equal(["1 scenario: 0 passed, 1 failed"], run.OutputLines);
    }

    [Fact]
    public void All_below_a_folder_are_played_and_the_worst_is_the_exit_code()
    {
        Add("good", Good);
        Add("sub/deep/good", Good.Replace("../", "../../../", StringComparison.Ordinal));
        ProcessRun run = ApplianceProgram.Succeed("test", _folder.Path);
        Assert.Equal(["2 scenarios: 2 passed, 0 failed"], run.OutputLines);

        Add("bad", Bad);
        Assert.Equal(1, ApplianceProgram.Run("test", _folder.Path).ExitCode);
        string wrong = Add("wrong", Wrong);
        run = ApplianceProgram.Run("test", _folder.Path);
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(2, run.ErrorLines.Length);
        Assert.StartsWith($"{wrong}:2:1: unknown key 'defualt'", run.ErrorLines[1], StringComparison.Ordinal);
        Assert.Equal(["4 scenarios: 2 passed, 1 failed, 1 in error"], run.OutputLines);
    }

    [Fact]
    public void A_capture_that_is_missing_is_exit_code_1()
    {
        string file = Add("bad", "config: ../router.yaml\ninputs: {lan: none.pcap}\ndefault: pass\n");
        Assert.Equal($"{file}:2:15: {_folder["bad/none.pcap"]}: cannot be read: there is no such file",
            ApplianceProgram.Fail(1, "test", _folder["bad"]));
    }

    [Fact]
    public void Paths_are_relative_to_the_scenario_wherever_the_program_runs()
    {
        Add("good", Good);
        Assert.Equal(0, ApplianceProgram.RunIn(_folder.Path, "test", "good").ExitCode);
        Assert.Equal(0, ApplianceProgram.RunIn(_folder["good"], "test", ".").ExitCode);
    }

    [Fact]
    public void Hidden_folders_and_links_are_passed_over()
    {
        Add("good", Good);
        Add(".hidden", Bad);
        Directory.CreateSymbolicLink(_folder["good/circle"], _folder.Path);
        Assert.Equal(["1 scenario: 1 passed, 0 failed"], ApplianceProgram.Succeed("test", _folder.Path).OutputLines);
    }

    [Fact]
    public void Folders_without_a_scenario_are_refused()
    {
        Directory.CreateDirectory(_folder["empty"]);
        Assert.EndsWith("there is no test.yaml in it or in a folder below", ApplianceProgram.Fail(2, "test", _folder["empty"]),
            StringComparison.Ordinal);
        Assert.EndsWith("there is no such folder", ApplianceProgram.Fail(2, "test", _folder["none"]), StringComparison.Ordinal);
        Assert.EndsWith("it is a file; expected the folder of a scenario",
            ApplianceProgram.Fail(2, "test", Add("good", Good)), StringComparison.Ordinal);
        Assert.Contains("DIR", ApplianceProgram.Fail(2, "test"), StringComparison.Ordinal);
        Assert.Contains("expected DIR", ApplianceProgram.Fail(2, "test", ""), StringComparison.Ordinal);
    }

    [Fact]
    public void The_junit_file_has_a_suite_for_each_folder_and_a_case_for_each_scenario()
    {
        Add("one/good", Good.Replace("../", "../../", StringComparison.Ordinal));
        Add("one/bad", Bad.Replace("../", "../../", StringComparison.Ordinal));
        Add("two", Wrong);
        ProcessRun run = ApplianceProgram.RunIn(_folder.Path, "test", "one", "two", "--junit", "results.xml");
        Assert.Equal(2, run.ExitCode);
        XElement root = XDocument.Load(_folder["results.xml"]).Root!;
        Assert.Equal("testsuites", root.Name.LocalName);
        Assert.Equal(("3", "1", "1"), (Value(root, "tests"), Value(root, "failures"), Value(root, "errors")));
        XElement[] suites = [.. root.Elements("testsuite")];
        Assert.Equal(["one", "two"], suites.Select(suite => Value(suite, "name")));
        Assert.Equal(["bad", "good"], suites[0].Elements("testcase").Select(test => Value(test, "name")));
        Assert.Equal(["one", "one"], suites[0].Elements("testcase").Select(test => Value(test, "classname")));
        XElement failure = Assert.Single(root.Descendants("failure"));
        Assert.Equal("bad", Value(failure.Parent!, "name"));
        Assert.Equal(run.ErrorLines[0], failure.Value);
        XElement error = Assert.Single(root.Descendants("error"));
        Assert.Equal(("two", run.ErrorLines[1]), (Value(error.Parent!, "name"), error.Value));
    }

    [Fact]
    public void A_junit_file_that_cannot_be_written_is_said_before_anything_is_played()
    {
        Add("bad", Bad);
        Assert.Equal($"--junit {_folder["none/results.xml"]}: cannot be written: there is no such folder",
            ApplianceProgram.Fail(1, "test", _folder["bad"], "--junit", _folder["none/results.xml"]));
        Assert.Contains("--junit", ApplianceProgram.Fail(2, "test", _folder["bad"], "--junit", ""), StringComparison.Ordinal);
        ProcessRun full = ApplianceProgram.Run("test", _folder["bad"], "--junit", "/dev/full");
        Assert.Equal("--junit /dev/full: cannot be written: no space left on device", full.ErrorLines[^1]);
        Assert.Equal(1, full.ExitCode);
    }

    private static string? Value(XElement element, string attribute) => element.Attribute(attribute)?.Value;

    /// <summary>A scenario of one packet that passes; answers its test.yaml.</summary>
    private string Add(string name, string yaml)
    {
        Directory.CreateDirectory(_folder[name]);
        Captures.Write(_folder[$"{name}/lan.pcap"], default, "udp 192.168.1.10:40000 > 8.8.8.8:53");
        return _folder.Write($"{name}/test.yaml", yaml);
    }
}
