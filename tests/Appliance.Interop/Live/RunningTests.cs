using System.Diagnostics;
using System.Globalization;
using Appliance.Engine;
using Appliance.Tests;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>How the program lives: reloads, devices that come and go, its ends, what it costs when there is nothing to do.</summary>
public sealed class RunningTests
{
    [Fact]
    public void Reloads_under_traffic_lose_nothing_and_reorder_nothing()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports, "pass all\n");
        network.Lan.Succeed("ping", "-n", "-c", "1", "-W", "5", "10.2.0.2");
        const int PerSecond = 4000;
        int numbers = TestSize.Of(person: 20_000, server: 100_000, soak: 1_000_000);
        using Background hearing = network.Wan.Start(
            Peer.Python, LiveNetwork.Script("numbers.py", "hear", "10.2.0.2", "5002", $"{numbers}"));
        hearing.AwaitLine("hearing");
        using Background telling = network.Lan.Start(
            Peer.Python, LiveNetwork.Script("numbers.py", "tell", "10.2.0.2", "5002", $"{numbers}", $"{PerSecond}"));
        long overruns = network.CountOverruns(), full = network.CountDrops(DropReason.QueueFull);
        double waited = WorkerSchedule.Waited(appliance);
        int reloads = 0;
        for (; !telling.HasEnded; reloads++)
        {
            network.Write(LiveNetwork.Ports, reloads % 2 == 0 ? "block in on wan\npass on lan\npass out on wan\n" : "pass all\n");
            appliance.Signal("HUP");
            appliance.AwaitLines(reloads + 1, "reloaded");
        }

        ProcessRun heard = hearing.AwaitEnd();
        overruns = network.CountOverruns() - overruns;
        full = network.CountDrops(DropReason.QueueFull) - full;
        waited = WorkerSchedule.Waited(appliance) - waited;
        long withheld = Math.Min(full, (long)(waited * PerSecond));      // between two workers, one of which others kept off its processor
        TestContext.Current.SendDiagnosticMessage(
            $"{reloads} reloads, {overruns} overruns, {full} found a queue full, workers waited {waited:F2} s: {heard.Output}");
        string[] words = heard.Output.TrimEnd().Split('\n')[^1].Split(' ');                 // heard SEEN of ALL, LATE late
        Assert.True(words.Length == 6 && words[0] == "heard", heard.ToString());
        int missing = numbers - int.Parse(words[1], CultureInfo.InvariantCulture);
        bool isKept = words[4] == "0" && missing <= overruns + withheld;
        string told = $"{missing} missing, {words[4]} late, {overruns} overruns, {full} found a queue full, workers waited {waited:F2} s";
        Assert.True(isKept, $"{told}\n{Losses(network)}\n{heard}\n{appliance}");
        Assert.True(reloads > 5, appliance.ToString());
    }

    [Fact]
    public void A_configuration_with_errors_is_refused_at_a_reload_and_traffic_goes_on()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports);
        network.Write(LiveNetwork.Ports.Replace("10.1.0.1/24", "10.1.0.0/24", StringComparison.Ordinal));
        appliance.Signal("HUP");
        appliance.AwaitLine("reload refused");
        Assert.Contains(appliance.Errors, line => line.StartsWith($"{network.ConfigurationFile}:4:", StringComparison.Ordinal));
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", "10.2.0.2");
    }

    [Fact]
    public void A_device_that_vanishes_is_reported_and_taken_again_when_it_returns_and_others_go_on()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports);
        network.Lan.Succeed("ping", "-n", "-c", "1", "-W", "5", "10.2.0.2");
        network.Box.Ip("link", "delete", "eth1");
        appliance.AwaitLine("port wan: its device eth1 is gone");
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", "10.1.0.1");
        network.ConnectWan();
        appliance.AwaitLine("port wan: its device eth1 is back");
        network.Lan.Succeed("ping", "-n", "-c", "5", "-W", "5", "10.2.0.2");
    }

    /// <summary>
    /// The devices of the one that was killed are free at once; those of other namespaces always are, whatever their numbers.
    /// </summary>
    [Fact]
    public void A_second_process_is_refused_a_device_that_the_first_has_and_gets_it_when_that_is_gone()
    {
        using var network = new LiveNetwork();
        using var elsewhere = new LiveNetwork();
        Background first = network.Run(LiveNetwork.Ports);
        elsewhere.Run(LiveNetwork.Ports);
        string config = network.Folder.Write(
            "second.yaml", "ports:\n  outside: {backend: af-packet, device: eth1, addresses: [10.2.0.7/24], host-path: off}\n");
        string[] second = ["run", "--config", config, "--socket", network.Folder["second.sock"], "--state", network.Folder["second"]];
        ProcessRun refused = network.Box.Run(ApplianceProgram.File, second);
        Assert.Equal(1, refused.ExitCode);
        string line = Assert.Single(refused.ErrorLines, line => line.StartsWith("port outside: ", StringComparison.Ordinal));
        Assert.StartsWith("port outside: another process has its device eth1 already", line, StringComparison.Ordinal);
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", "10.2.0.2");
        first.Signal("KILL");
        using Background next = network.Box.Start(ApplianceProgram.File, second);
        next.AwaitLine("running: ");
    }

    [Fact]
    public void A_port_is_added_and_removed_by_reloads()
    {
        using var network = new LiveNetwork();
        string lanAlone = string.Join('\n', LiveNetwork.Ports.Split('\n').Where(line => !line.Contains("wan:", StringComparison.Ordinal)));
        Background appliance = network.Run(lanAlone);
        Assert.NotEqual(0, network.Lan.Run("ping", "-n", "-c", "1", "-W", "1", "10.2.0.2").ExitCode);
        network.Write(LiveNetwork.Ports);
        appliance.Signal("HUP");
        appliance.AwaitLine("dd port wan");
        network.Lan.Succeed("ping", "-n", "-c", "5", "-W", "5", "10.2.0.2");
        network.Write(lanAlone);
        appliance.Signal("HUP");
        appliance.AwaitLine("emove port wan");
        Assert.NotEqual(0, network.Lan.Run("ping", "-n", "-c", "1", "-W", "1", "10.2.0.2").ExitCode);
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", "10.1.0.1");
    }

    /// <summary>A log on a disk that is full, or at a terminal that is paused, is no reason not to forward.</summary>
    [Theory]
    [InlineData("full")]
    [InlineData("paused")]
    public void Whose_log_takes_nothing_forwards_answers_and_ends_in_order(string how)
    {
        using var network = new LiveNetwork();
        network.Write(LiveNetwork.Ports);
        string socket = network.Folder["live.sock"];
        using Background appliance = network.Box.Start(Peer.Python, LiveNetwork.Script(
            "unheard.py", how, ApplianceProgram.File, "run", "--config", network.ConfigurationFile, "--state", network.Folder["unheard"]));
        appliance.Until(() => ApplianceProgram.Run("show", "ports", "--socket", socket).ExitCode == 0, "it does not answer");
        network.Box.Ip("link", "delete", "eth1");                       // which is to be said
        network.ConnectWan();
        appliance.Until(() => network.Lan.Pings("10.2.0.2"), "it does not forward");
        Assert.Equal(0, ApplianceProgram.Run("show", "ports", "--socket", socket).ExitCode);
        appliance.Signal("TERM");
        Assert.Equal(0, appliance.AwaitEnd().ExitCode);
        MustBeUntouched(network.Box);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void Told_to_stop_it_ends_in_order_and_leaves_the_devices_to_the_host(string signal)
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports);
        appliance.Signal(signal);
        ProcessRun ended = appliance.AwaitEnd();
        Assert.True(ended.ExitCode == 0, ended.ToString());
        MustBeUntouched(network.Box);
    }

    [Fact]
    public void Killed_it_leaves_nothing_behind_and_the_next_start_works_at_once()
    {
        using var network = new LiveNetwork();
        Background killed = network.Run(LiveNetwork.Ports);
        Assert.Matches("promiscuity [1-9]", network.Box.Ip("-d", "link", "show", "eth0"));
        killed.Signal("KILL");
        killed.AwaitEnd();
        MustBeUntouched(network.Box);
        network.Run(LiveNetwork.Ports);
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", "10.2.0.2");
    }

    [Fact]
    public void With_nothing_to_do_it_takes_less_than_a_hundredth_of_a_processor()
    {
        using var network = new LiveNetwork();
        Background appliance = network.Run(LiveNetwork.Ports, "pass all\n");
        network.Lan.Succeed("ping", "-n", "-c", "3", "-i", "0.1", "-W", "5", "10.2.0.2");
        double best = double.MaxValue;
        for (int attempt = 0; attempt < 15 && best >= 0.01; attempt++)      // at first the runtime compiles what has run often
        {
            var span = Stopwatch.StartNew();
            double before = ProcessorSeconds(appliance.Id);
            Thread.Sleep(4000);
            best = Math.Min(best, (ProcessorSeconds(appliance.Id) - before) / span.Elapsed.TotalSeconds);
        }

        TestContext.Current.SendDiagnosticMessage($"idle: {best:P2} of a processor");
        Assert.True(best < 0.01, string.Create(CultureInfo.InvariantCulture, $"{best:P2} of a processor"));
    }

    [Fact]
    public void A_service_manager_is_told_of_start_reload_end_and_that_it_is_alive()
    {
        using var network = new LiveNetwork();
        string socket = network.Folder["notify.sock"];
        using Background manager = network.Box.Start(Peer.Python, LiveNetwork.Script("manager.py", socket));
        manager.AwaitLine("listening");
        network.Environment["NOTIFY_SOCKET"] = socket;
        network.Environment["WATCHDOG_USEC"] = "300000";
        Background appliance = network.Run(LiveNetwork.Ports);
        manager.AwaitLine("READY=1");
        manager.AwaitLine("WATCHDOG=1");
        appliance.Signal("HUP");
        manager.AwaitLine("RELOADING=1");
        appliance.AwaitLine("reloaded");
        appliance.Signal("TERM");
        manager.AwaitLine("STOPPING=1");
        Assert.Equal(0, appliance.AwaitEnd().ExitCode);
    }

    [Fact]
    public void A_device_with_an_address_of_the_hosts_is_refused()
    {
        using var network = new LiveNetwork();
        network.Box.AddAddress("eth1", "192.0.2.1/24");
        ProcessRun refused = network.Begin(LiveNetwork.Ports).AwaitEnd();
        Assert.True(refused.ExitCode == 2, refused.ToString());
        Assert.Contains(
            "port wan: the host lives by its device eth1: it has the host's address 192.0.2.1/24",
            refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_are_found_by_their_mac_address_too()
    {
        using var network = new LiveNetwork();
        string mac = network.Box.Succeed("cat", "/sys/class/net/eth1/address").Trim();
        network.Run(LiveNetwork.Ports.Replace("device: eth1", $"device: \"mac:{mac}\"", StringComparison.Ordinal));
        network.Lan.Succeed("ping", "-n", "-c", "2", "-W", "5", "10.2.0.2");
    }

    [Fact]
    public void A_tap_is_a_port_by_which_the_host_plugs_in()
    {
        using var network = new LiveNetwork();
        network.Run(LiveNetwork.PortsAlone + "  host: {backend: tap, device: host0, addresses: [10.3.0.1/24]}\n");
        network.Box.AddAddress("host0", "10.3.0.2/24");
        network.Box.Ip("route", "add", "10.1.0.0/24", "via", "10.3.0.1");
        network.Lan.Succeed("ping", "-n", "-c", "3", "-W", "5", "10.3.0.2");
        using Background serving = network.Box.Start(Peer.Python, LiveNetwork.Script("stream.py", "serve", "10.3.0.2", "5001"));
        serving.AwaitLine("serving");
        network.Lan.Succeed(Peer.Python, LiveNetwork.Script("stream.py", "send", "10.3.0.2", "5001", "3000000", "4"));
    }

    [Fact]
    public void What_cannot_be_run_is_refused_with_the_port_and_what_to_do()
    {
        using var network = new LiveNetwork();
        ProcessRun absent = network.Begin(LiveNetwork.Ports.Replace("device: eth1", "device: eth7", StringComparison.Ordinal)).AwaitEnd();
        Assert.True(absent.ExitCode == 2, absent.ToString());
        Assert.Contains("port wan: no device of the host is eth7; there are lo, eth", absent.Errors, StringComparison.Ordinal);
        ProcessRun pcap = network.Begin("ports: {lan: {backend: pcap, addresses: [10.1.0.1/24]}}\n").AwaitEnd();
        Assert.True(pcap.ExitCode == 2, pcap.ToString());
        Assert.Contains("port lan: ", pcap.Errors, StringComparison.Ordinal);
    }

    /// <summary>Where frames may have ended: by the appliance's counters, at its ports, and at the sockets of the hearing host.</summary>
    private static string Losses(LiveNetwork network)
    {
        string socket = network.Folder["live.sock"];
        string own = string.Join('\n', ((string[])["counters", "ports"])
            .Select(what => ApplianceProgram.Succeed("show", what, "--socket", socket).Output));
        return $"{own}\n{network.Wan.Succeed("cat", "/proc/net/snmp")}\n{network.Box.Ip("-s", "link")}";
    }

    /// <summary>User and system time of a process with all its threads (proc(5)); a tick is a hundredth of a second.</summary>
    private static double ProcessorSeconds(int process)
    {
        const int UserTime = 11, SystemTime = 12;                       // behind the name, from 0
        string text = File.ReadAllText($"/proc/{process}/stat");
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        long user = long.Parse(fields[UserTime], CultureInfo.InvariantCulture);
        return (user + long.Parse(fields[SystemTime], CultureInfo.InvariantCulture)) / 100.0;
    }

    /// <summary>No promiscuity, no filter, no device that the appliance made.</summary>
    private static void MustBeUntouched(Host box)
    {
        Assert.DoesNotMatch("promiscuity [1-9]", box.Ip("-d", "link", "show"));
        ProcessRun tables = box.Run("nft", "list", "tables");
        Assert.DoesNotContain("appliance", tables.Output, StringComparison.Ordinal);
    }
}
