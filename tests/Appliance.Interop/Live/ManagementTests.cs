using System.Text.Json;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>A running appliance, operated as its users do: by its verbs, from beside it.</summary>
public sealed class ManagementTests
{
    private const string Open = "block log all\npass in on lan label \"inside\"\npass out on wan\n", Shut = "block log all\n";

    [Fact]
    public void Everything_is_shown_while_it_forwards()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports, Open);
        network.Lan.Succeed("ping", "-n", "-c", "3", "-W", "5", "10.2.0.2");
        foreach (string what in "ports vcpus vrss offloads states rules tables nat routes neighbors carp sync counters log".Split(' '))
        {
            Assert.NotEqual("", ApplianceProgram.Succeed("show", what, "--socket", Socket(network)).Output);
            JsonElement document = Json(network, "show", what);
            Assert.Contains(document.ValueKind, new[] { JsonValueKind.Array, JsonValueKind.Object });
        }

        network.Lan.Succeed("ping", "-n", "-c", "1", "-W", "5", "10.2.0.2");
        Assert.Contains(
            Json(network, "show", "states").EnumerateArray(),
            state => state.GetProperty("source").GetString()!.StartsWith("10.1.0.2:", StringComparison.Ordinal)
                && state.GetProperty("rule").GetString() == "inside");
        Assert.Equal(["up", "up"], Json(network, "show", "ports").EnumerateArray().Select(port => port.GetProperty("link").GetString()));
        Assert.Contains(
            Json(network, "show", "neighbors").EnumerateArray(),
            neighbor => neighbor.GetProperty("address").GetString() == "10.2.0.2" && neighbor.GetProperty("mac").GetString() is not null);
        Assert.False(appliance.HasEnded);
    }

    [Fact]
    public void Nobody_on_the_socket_is_exit_code_3_also_when_a_dead_appliance_left_it_behind()
    {
        using var network = new LiveNetwork();
        Background first = network.Run(LiveNetwork.Ports);
        first.Signal("KILL");
        first.AwaitEnd();
        string refusal = ApplianceProgram.Fail(3, "show", "ports", "--socket", Socket(network));
        Assert.Contains("nobody listens there", refusal, StringComparison.Ordinal);
        network.Run(LiveNetwork.Ports);
        Assert.Equal(2, Json(network, "show", "ports").GetArrayLength());
    }

    /// <summary>It is as asked until the process ends, and who asks is told that it is so no longer.</summary>
    [Theory]
    [InlineData("on", true)]
    [InlineData("off", false)]
    public void Maintenance_that_cannot_be_noted_is_said_to_who_asks_for_it(string state, bool isOn)
    {
        using var network = new LiveNetwork();
        network.Run($"{LiveNetwork.Ports}high-availability: {{carp: [{{vhid: 1, port: lan, addresses: [10.1.0.254/24], password: p}}]}}\n");
        string own = Assert.Single(Directory.GetDirectories(network.Folder["state"]));
        Directory.CreateDirectory(Path.Combine(own, "maintenance"));    // where the note would be
        ProcessRun run = ApplianceProgram.Run("carp", "maintenance", state, "--json", "--socket", Socket(network));
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(isOn, JsonDocument.Parse(run.Output).RootElement.GetProperty("maintenance").GetBoolean());
        Assert.StartsWith($"maintenance {state} will not outlive a restart: ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Who_locked_himself_out_gets_in_again_when_the_time_to_confirm_is_over()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports, Open);
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", "10.2.0.2");
        network.Write(LiveNetwork.Ports, Shut);
        ApplianceProgram.Succeed("config", "apply", network.ConfigurationFile, "--confirm-within", "6");
        ApplianceProgram.Succeed("states", "kill", "--all", "--socket", Socket(network));
        Assert.NotEqual(0, network.Lan.Run("ping", "-n", "-c", "1", "-W", "1", "10.2.0.2").ExitCode);
        appliance.AwaitLine("nobody confirmed generation 2 within 6 s; generation 1 is in force again, as 3");
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", "10.2.0.2");
    }

    [Fact]
    public void A_change_that_waits_to_be_confirmed_goes_though_the_appliance_was_killed_meanwhile()
    {
        using var network = new LiveNetwork();
        Background first = network.Run(LiveNetwork.Ports, Open);
        network.Write(LiveNetwork.Ports, Shut);
        ApplianceProgram.Succeed("config", "apply", network.ConfigurationFile, "--confirm-within", "20");
        first.Signal("KILL");
        first.AwaitEnd();
        Background second = network.Run(LiveNetwork.Ports, Shut);
        second.AwaitLine("generation 2 (apply of");
        second.AwaitLine("generation 1 is in force again");
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", "10.2.0.2");
    }

    [Fact]
    public void An_established_connection_lives_on_under_a_ruleset_that_would_not_let_it_in_and_a_rollback_returns()
    {
        using var network = new LiveNetwork();
        network.Run(LiveNetwork.Ports, Open);
        using Background pinging = network.Lan.Start("ping", "-n", "-i", "0.2", "-c", "50", "10.2.0.2");
        pinging.AwaitLine("icmp_seq=3 ");
        network.Write(LiveNetwork.Ports, Shut);
        ApplianceProgram.Succeed("config", "apply", network.ConfigurationFile);
        Assert.NotEqual(0, network.Lan.Run("ping", "-n", "-c", "1", "-W", "1", "10.2.0.2").ExitCode);
        ApplianceProgram.Succeed("config", "rollback", "--socket", Socket(network));
        network.Lan.Succeed("ping", "-n", "-c", "1", "-W", "5", "10.2.0.2");
        Assert.Contains("50 received, 0% packet loss", pinging.AwaitEnd().Output, StringComparison.Ordinal);
        Assert.Equal(
            [3, 2, 1], Json(network, "config", "history").EnumerateArray().Select(row => row.GetProperty("generation").GetInt32()));
    }

    [Fact]
    public void A_capture_from_inside_says_what_became_of_each_frame_and_tshark_reads_it()
    {
        string tshark = Peer.Require("tshark");
        using var network = new LiveNetwork();
        network.Run(LiveNetwork.Ports, Open);
        network.Lan.Succeed("ping", "-n", "-c", "1", "-W", "5", "10.2.0.2");
        string file = network.Folder["wan.pcapng"];
        using Background capturing = new(
            ApplianceProgram.File,
            ["capture", "--port", "wan", "--filter", "icmp", "--write", file, "--count", "5", "--socket", Socket(network)]);
        capturing.Until(() => File.Exists(file), "nothing is written");
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", "10.2.0.2");
        network.Wan.Run("ping", "-n", "-c", "1", "-W", "1", "10.1.0.2");
        Assert.Equal(0, capturing.AwaitEnd().ExitCode);
        string[] comments = ProcessRunner.Run(tshark, ["-r", file, "-T", "fields", "-e", "frame.comment"]).Output.Split('\n')[..5];
        Assert.Equal(
            [
                "block by live.pf.conf:1: block", "pass by live.pf.conf:3 and inside: out by lan",
                "pass by live.pf.conf:3 and inside: out by lan", "sent: in by lan",
                "sent: in by lan",
            ],
            comments.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_reload_that_names_another_socket_says_that_it_takes_a_start()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports);
        network.Management = "socket: other.sock";
        network.Write(LiveNetwork.Ports);
        appliance.Signal("HUP");
        appliance.AwaitLine(
            $"warning: management.socket: {Socket(network)} stays; {network.Folder["other.sock"]} will be after the next start");
        Assert.Equal(2, Json(network, "show", "ports").GetArrayLength());
    }

    [Fact]
    public void A_socket_may_be_named_from_the_working_folder()
    {
        using var network = new LiveNetwork();
        network.Write(LiveNetwork.Ports);
        string socket = Path.GetRelativePath(Environment.CurrentDirectory, network.Folder["near.sock"]);
        using Background appliance = network.Box.StartService(
            network.Environment, ApplianceProgram.File, "run", "--config", network.ConfigurationFile, "--socket", socket);
        appliance.AwaitLine("running: ");
        Assert.Equal(2, JsonDocument.Parse(ApplianceProgram.Succeed("show", "ports", "--json", "--socket", socket).Output)
            .RootElement.GetArrayLength());
    }

    private static string Socket(LiveNetwork network) => network.Folder["live.sock"];

    private static JsonElement Json(LiveNetwork network, params string[] verb) =>
        JsonDocument.Parse(ApplianceProgram.Succeed([.. verb, "--json", "--socket", Socket(network)]).Output).RootElement;
}
