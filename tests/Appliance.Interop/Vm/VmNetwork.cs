using System.Globalization;
using Appliance.Interop.Live;
using Appliance.Tests;

namespace Appliance.Interop.Vm;

/// <summary>
/// Two hosts, and switches into which machines are plugged. Of the lan a machine's first device is, of the wan the second, of the sync
/// link the third.
/// <code>
///     lan  10.1.0.2 ── switch lan ──┬── A ──┬── switch wan ── wan  10.2.0.2
///                                   └── B ──┘      (A and B: switch sync)
/// </code>
/// </summary>
internal sealed class VmNetwork : IDisposable
{
    public static readonly string[] Links = ["lan", "wan", "sync"];

    private readonly List<VirtualMachine> _machines = [];

    /// <param name="machines">Of which each link has a socket: 1 or 2.</param>
    /// <param name="gateway">The last byte of the address by which the hosts reach each other.</param>
    public VmNetwork(int machines = 1, int gateway = 1)
    {
        Folder = new TemporaryFolder();
        Switch = new Host("switch");
        Lan = new Host("lan");
        Wan = new Host("wan");
        try
        {
            Build(machines, gateway);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Host Lan { get; }

    public Host Wan { get; }

    public Host Switch { get; }

    public TemporaryFolder Folder { get; }

    public static string TapOf(string link, int machine) => string.Create(CultureInfo.InvariantCulture, $"{link}-{machine}");

    /// <summary>Switches a machine on.</summary>
    /// <param name="machine">0 or 1.</param>
    /// <param name="edit">Of what is usual.</param>
    public VirtualMachine Start(int machine, Func<VmOptions, VmOptions>? edit = null)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"vm{machine}");
        var options = new VmOptions(name, Folder[name])
        {
            Namespace = Switch.Name,
            Ports = [.. Links.Select((link, index) => new VmPort(link, $"02:00:5e:10:0{machine}:0{index + 1}", TapOf(link, machine)))],
        };
        var started = new VirtualMachine(edit is null ? options : edit(options));
        _machines.Add(started);
        return started;
    }

    /// <summary>Files that a machine finds as a volume CIDATA.</summary>
    /// <param name="instance">Another instance, another seed.</param>
    /// <param name="files">Beneath /etc/appliance, the configuration among them.</param>
    public string Seed(string instance, IReadOnlyDictionary<string, string> files)
    {
        string folder = Directory.CreateDirectory(Folder[$"seed-{instance}"]).FullName;
        IEnumerable<string> parts = files.Select(file =>
            $"  - path: /etc/appliance/{file.Key}\n    content: |\n"
            + $"      {file.Value.Replace("\n", "\n      ", StringComparison.Ordinal)}\n");
        File.WriteAllText(
            Path.Combine(folder, "user-data"), $"#cloud-config\npassword: {Password}\nwrite_files:\n{string.Concat(parts)}");
        File.WriteAllText(Path.Combine(folder, "meta-data"), $"instance-id: {instance}\n");
        return folder;
    }

    /// <summary>Of the shell, in every seed.</summary>
    public const string Password = "drill";

    public void Dispose()
    {
        foreach (VirtualMachine machine in _machines) machine.Dispose();
        Lan.Dispose();
        Wan.Dispose();
        Switch.Dispose();
        Folder.Dispose();
    }

    private void Build(int machines, int gateway)
    {
        Switch.Succeed("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1", "net.ipv6.conf.all.disable_ipv6=1");
        foreach (string link in Links)
        {
            Switch.Ip("link", "add", link, "up", "type", "bridge", "mcast_snooping", "0", "forward_delay", "0");
            for (int machine = 0; machine < machines; machine++)
            {
                Switch.Ip("tuntap", "add", TapOf(link, machine), "mode", "tap");
                Switch.Ip("link", "set", TapOf(link, machine), "master", link, "up");
            }
        }

        Connect(Lan, "lan", "10.1.0.2/24", $"10.1.0.{gateway}");
        Connect(Wan, "wan", "10.2.0.2/24", $"10.2.0.{gateway}");
    }

    private void Connect(Host host, string link, string address, string gateway)
    {
        Host.Connect(host, "eth0", Switch, $"to-{link}");
        Switch.Ip("link", "set", $"to-{link}", "master", link);
        host.AddAddress("eth0", address);
        host.Ip("route", "add", "default", "via", gateway);
        host.SetOffloads("eth0", isOn: false);
    }
}
