using System.Text.RegularExpressions;
using Xunit;

namespace Appliance.Tests;

public sealed partial class CheckTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [GeneratedRegex(@":\d+:\d+: ")]
    private static partial Regex Position { get; }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_configuration_that_can_run_is_ok_and_without_a_firewall_warned_of_once()
    {
        ProcessRun run = ApplianceProgram.Run("check", "--config", RepositoryFiles.DemoConfiguration);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"{RepositoryFiles.DemoConfiguration}: ok: demo-router, 3 ports, 3 routes", Assert.Single(run.OutputLines));
        string warning = Assert.Single(run.ErrorLines);
        Assert.StartsWith($"warning: {RepositoryFiles.DemoConfiguration}:1:1: ", warning, StringComparison.Ordinal);
        Assert.Contains("firewall", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void The_warning_asks_for_nothing_that_would_be_refused()
    {
        string warning = Assert.Single(ApplianceProgram.Run("check", "--config", RepositoryFiles.DemoConfiguration).ErrorLines);
        Assert.Contains("this router passes everything", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("ruleset", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_may_stand_alone()
    {
        ProcessRun run = ApplianceProgram.Run("check", RepositoryFiles.DemoConfiguration);
        Assert.Equal(ApplianceProgram.Run("check", "--config", RepositoryFiles.DemoConfiguration).Output, run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("check", "--config", "a.yaml", "b.yaml")]
    [InlineData("check", "")]
    [InlineData("replay", "a.yaml", "--in", "lan=b.pcap")]
    [InlineData("trace", "a.yaml", "--in", "lan", "--packet", "udp 192.168.1.10:1 > 8.8.8.8:2")]
    public void Which_configuration_is_asked_for_in_one_line(params string[] arguments) =>
        Assert.Contains("--config", ApplianceProgram.Fail(2, arguments), StringComparison.Ordinal);

    /// <summary>Where a configuration is checked its secrets may be others', or a checkout's that all may read: run opens them.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("no secret of any kind, and for everyone to read")]
    public void Secrets_are_not_opened_and_one_that_is_not_here_is_warned_of(string? held)
    {
        string file = _folder.Write("pair.yaml", """
            ports:
              lan: {backend: af-packet, device: eth0, addresses: [192.168.1.1/24]}
            firewall: {ruleset: pair.pf.conf}
            high-availability:
              carp: [{vhid: 1, port: lan, addresses: [192.168.1.254/24], password-file: lan.key}]
              sync: {port: lan, peer: 192.168.1.2, key-file: sync.key}
            management:
              https: {listen: "127.0.0.1:8443", token-file: api.token, certificate-file: a.pem, key-file: a.key}
            """);
        _folder.Write("pair.pf.conf", "pass all\n");
        (string Key, string Name)[] named =
        [
            ("token-file", "api.token"), ("certificate-file", "a.pem"), ("key-file", "a.key"),
            ("password-file", "lan.key"), ("key-file", "sync.key"),
        ];
        foreach ((_, string name) in named)
        {
            if (held is null) continue;
            File.SetUnixFileMode(_folder.Write(name, held), UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        ProcessRun run = ApplianceProgram.Run("check", "--config", file);
        Assert.Equal((0, held is null ? named.Length : 0), (run.ExitCode, run.ErrorLines.Length));
        foreach ((string key, string name) in named)
        {
            string warning = $": {key}: {name}: there is no such file here; run needs it";
            int count = run.ErrorLines.Count(line => line.StartsWith($"warning: {file}:", StringComparison.Ordinal)
                && line.EndsWith(warning, StringComparison.Ordinal));
            Assert.Equal(held is null ? 1 : 0, count);
        }
    }

    /// <summary>It is a configuration, and another program may run it.</summary>
    [Theory]
    [InlineData("af-xdp", "eth0")]
    [InlineData("netvsc", "eth0")]
    [InlineData("memif", "/run/vpp/memif.sock")]
    public void A_backend_that_run_refuses_is_warned_of(string backend, string device)
    {
        _folder.Write("one.pf.conf", "pass all\n");
        string file = _folder.Write(
            "one.yaml", $"firewall: {{ruleset: one.pf.conf}}\nports:\n  lan: {{backend: {backend}, device: {device}}}\n");
        ProcessRun run = ApplianceProgram.Run("check", "--config", file);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            $"warning: {file}:3:18: backend: {backend} is not there yet: run refuses it; expected af-packet or tap",
            Assert.Single(run.ErrorLines));
    }

    [Fact]
    public void Every_error_is_printed_on_a_line_of_its_own_with_its_place()
    {
        string file = _folder.Write("three.yaml", """
            ports:
              lan: {backend: pcap, addresses: [192.168.1.1/33], mtuu: 1500}
            routes:
              - {to: 0.0.0.0/0, via: 203.0.113.1}
            vcpus: none
            """);
        ProcessRun run = ApplianceProgram.Run("check", "--config", file);
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.True(run.ErrorLines.Length >= 3, run.ToString());
        Assert.All(run.ErrorLines, line => Assert.Matches($"^{Regex.Escape(file)}{Position}", line));
        foreach (string part in (string[])[":2:36: ", ":2:53: ", ":5:8: "])
            Assert.Contains(run.ErrorLines, line => line.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void A_ruleset_in_force_judges_what_is_traced_and_its_rules_are_named()
    {
        string file = _folder.Write("firewall.yaml", """
            ports:
              lan: {backend: pcap, addresses: [192.168.1.1/24]}
              wan: {backend: pcap, addresses: [203.0.113.2/24]}
            firewall:
              ruleset: edge.pf.conf
            """);
        _folder.Write("edge.pf.conf", "block all\npass in on lan proto udp to port 53\npass out\n");
        Assert.Contains(", 3 rules", ApplianceProgram.Succeed("check", "--config", file).Output, StringComparison.Ordinal);
        string blocked = Traced(file, "udp 192.168.1.10:1 > 203.0.113.9:52");
        Assert.Contains("blocked by edge.pf.conf:1", blocked, StringComparison.Ordinal);
        string passed = Traced(file, "udp 192.168.1.10:1 > 203.0.113.9:53");
        Assert.Contains("passed by edge.pf.conf:2", passed, StringComparison.Ordinal);
        Assert.Contains("passed by edge.pf.conf:3", passed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ruleset_is_fine_under_a_key_that_parts_the_directions()
    {
        string file = _folder.Write("firewall.yaml", """
            ports: {lan: {backend: pcap, addresses: [192.168.1.1/24]}}
            vrss: {key: microsoft}
            firewall: {ruleset: edge.pf.conf}
            """);
        _folder.Write("edge.pf.conf", "block all\n");
        Assert.Contains("1 rule", ApplianceProgram.Succeed("check", "--config", file).Output, StringComparison.Ordinal);
    }

    private static string Traced(string file, string packet) =>
        ApplianceProgram.Succeed("trace", "--config", file, "--in", "lan", "--packet", packet).Output;

    [Theory]
    [InlineData("check")]
    [InlineData("replay", "--in", "lan={lan}")]
    [InlineData("trace", "--in", "lan", "--packet", "udp 192.168.1.10:1 > 8.8.8.8:2")]
    public void A_wrong_ruleset_is_refused_whole_with_every_error_where_it_is(string verb, params string[] more)
    {
        string file = _folder.Write("firewall.yaml", """
            ports:
              lan: {backend: pcap, addresses: [192.168.1.1/24]}
            firewall:
              ruleset: edge.pf.conf
            """);
        string ruleset = _folder.Write("edge.pf.conf", "block on lann\npass in on lan inet6 af-to inet from 192.0.2.1\npass\n");
        IEnumerable<string> rest = more.Select(argument => argument.Replace("{lan}", RepositoryFiles.DemoLan, StringComparison.Ordinal));
        ProcessRun run = ApplianceProgram.Run([verb, "--config", file, .. rest]);
        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Equal(
            [
                $"{ruleset}:1:10: there is no port or group 'lann' (did you mean 'lan'?); "
                    + "expected a name under 'ports' of the configuration, or one of 'groups'",
                $"{ruleset}:2:1: this version does not do 'af-to' yet",
            ],
            run.ErrorLines);
    }

    [Fact]
    public void A_ruleset_that_is_not_there_is_named_where_it_is_asked_for()
    {
        string file = _folder.Write("firewall.yaml", "ports: {lan: {backend: pcap}}\nfirewall: {ruleset: none.conf}\n");
        Assert.Equal($"{file}:2:21: ruleset: 'none.conf' cannot be read: there is no such file; expected a pf.conf",
            ApplianceProgram.Fail(2, "check", "--config", file));
    }

    [Fact]
    public void No_verb_but_check_warns()
    {
        ApplianceProgram.Succeed(Demo.Replay("--json"));
        ApplianceProgram.Succeed(Demo.Trace("--packet", "udp 192.168.1.10:1 > 8.8.8.8:2"));
    }

    [Fact]
    public void Keys_passwords_and_devices_need_not_exist()
    {
        string file = _folder.Write("pair.yaml", """
            ports:
              wan: {backend: af-packet, device: none-such, addresses: [203.0.113.2/24]}
              sync: {backend: af-packet, device: none-either, addresses: [10.99.0.1/24]}
            high-availability:
              carp:
                - {vhid: 1, port: wan, addresses: [203.0.113.10/24], password-file: none.key}
              sync: {port: sync, peer: 10.99.0.2, key-file: none.key}
            """);
        Assert.Equal(0, ApplianceProgram.Run("check", "--config", file).ExitCode);
    }
}
