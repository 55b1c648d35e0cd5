using System.Globalization;
using System.Text.Json;
using Appliance.Engine;
using Appliance.Tests;

namespace Appliance.Interop.Live;

/// <summary>
/// Two hosts and the appliance between them.
/// <code>
///     lan  10.1.0.2, fd01::2 ── eth0 ─┐ box ┌─ eth1 ── wan  10.2.0.2, fd02::2
///                      10.1.0.1, fd01::1   10.2.0.1, fd02::1
/// </code>
/// </summary>
internal sealed class LiveNetwork : IDisposable
{
    public const string Ports = """
        ports:
          lan: {backend: af-packet, device: eth0, addresses: [10.1.0.1/24, "fd01::1/64"]}
          wan: {backend: af-packet, device: eth1, addresses: [10.2.0.1/24, "fd02::1/64"]}

        """;

    /// <summary>The same, of which the appliance's own host knows nothing.</summary>
    public static readonly string PortsAlone = Ports.Replace("]}", "], host-path: off}", StringComparison.Ordinal);

    /// <summary>The same ports, of which that to the lan receives on the workers' processors.</summary>
    public static string Steered(string ports) =>
        ports.Replace("device: eth0,", "device: eth0, offloads: {rps: on},", StringComparison.Ordinal);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Background> _running = [];

    /// <param name="offloads">Whether the hosts leave cutting and checksums to their devices.</param>
    public LiveNetwork(bool offloads = true)
    {
        Environment["STATE_DIRECTORY"] = _folder["state"];
        Lan = new Host("lan");
        Box = new Host("box");
        Wan = new Host("wan");
        ConnectLan();
        ConnectWan();
        Lan.SetOffloads("lan0", offloads);
        Wan.SetOffloads("wan0", offloads);
    }

    public Host Lan { get; }

    public Host Box { get; }

    public Host Wan { get; }

    /// <summary>What a service manager says to the program: a folder for what outlives it.</summary>
    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>How the appliance is spoken to.</summary>
    public string Management { get; set; } = "socket: live.sock";

    public string ConfigurationFile => _folder["live.yaml"];

    public TemporaryFolder Folder => _folder;

    /// <summary>Starts the program as its users do, and waits until it forwards.</summary>
    public Background Run(string yaml, string? ruleset = null, string vcpus = "vcpus: 2\n")
    {
        Background appliance = Begin(yaml, ruleset, vcpus);
        appliance.AwaitLine("running: ");
        return appliance;
    }

    /// <summary>Starts the program without waiting for anything.</summary>
    public Background Begin(string yaml, string? ruleset = null, string vcpus = "vcpus: 2\n")
    {
        Write(yaml, ruleset, vcpus);
        Background appliance = Box.StartService(Environment, ApplianceProgram.File, "run", "--config", ConfigurationFile);
        _running.Add(appliance);
        return appliance;
    }

    /// <summary>What the appliance reads at its start and when it is told to.</summary>
    public void Write(string yaml, string? ruleset = null, string vcpus = "vcpus: 2\n")
    {
        if (ruleset is not null) _folder.Write("live.pf.conf", ruleset);
        string firewall = ruleset is null ? "" : "firewall: {ruleset: live.pf.conf}\n";
        _folder.Write("live.yaml", $"{vcpus}management: {{{Management}}}\n{yaml}{firewall}");
    }

    /// <summary>
    /// Frames that devices and the host at the wan had no room for, as they count them: what is lost so was lost for want of a
    /// processor, and not by the appliance.
    /// </summary>
    public long CountOverruns()
    {
        string shown = ApplianceProgram.Succeed("show", "ports", "--json", "--socket", _folder["live.sock"]).Output;
        using JsonDocument ports = JsonDocument.Parse(shown);
        long atPorts = ports.RootElement.EnumerateArray()
            .Sum(port => port.GetProperty("missed").GetInt64() + port.GetProperty("refused").GetInt64());
        string[][] counts = [.. Wan.Succeed("cat", "/proc/net/snmp", "/proc/net/snmp6").Split('\n')
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))];
        string[][] udp = [.. counts.Where(line => line is ["Udp:", ..])];                   // names, and numbers
        string[] udp6 = counts.Single(line => line is ["Udp6RcvbufErrors", _]);
        string atHost = udp[1][Array.IndexOf(udp[0], "RcvbufErrors")], atHost6 = udp6[1];
        return atPorts + long.Parse(atHost, CultureInfo.InvariantCulture) + long.Parse(atHost6, CultureInfo.InvariantCulture);
    }

    /// <summary>Frames that the appliance has dropped for a reason.</summary>
    public long CountDrops(DropReason reason)
    {
        string shown = ApplianceProgram.Succeed("show", "counters", "--json", "--socket", _folder["live.sock"]).Output;
        using JsonDocument counters = JsonDocument.Parse(shown);
        return counters.RootElement.TryGetProperty(DropReasonNames.Of(reason), out JsonElement count) ? count.GetInt64() : 0;
    }

    /// <summary>What the appliance shows of itself.</summary>
    public string Show(string what) => ApplianceProgram.Succeed("show", what, "--socket", _folder["live.sock"]).Output;

    public void ConnectLan() => ConnectHost(Lan, "lan0", "eth0", "10.1.0", "fd01::");

    /// <param name="mac">Of the box's device; null: any.</param>
    public void ConnectWan(string? mac = null) => ConnectHost(Wan, "wan0", "eth1", "10.2.0", "fd02::", mac);

    /// <summary>A script of this folder, by the system's Python.</summary>
    public static string[] Script(string name, params string[] arguments) =>
        [RepositoryFiles.PathTo("tests", "Appliance.Interop", "Live", "peers", name), .. arguments];

    public void Dispose()
    {
        foreach (Background program in _running) program.Dispose();
        Lan.Dispose();
        Wan.Dispose();
        Box.Dispose();
        _folder.Dispose();
    }

    private void ConnectHost(Host host, string device, string boxDevice, string v4, string v6, string? mac = null)
    {
        Host.Connect(host, device, Box, boxDevice, mac);
        host.AddAddress(device, $"{v4}.2/24");
        host.AddAddress(device, $"{v6}2/64");
        host.Ip("route", "add", "default", "via", $"{v4}.1");
        host.Ip("-6", "route", "add", "default", "via", $"{v6}1");
    }
}
