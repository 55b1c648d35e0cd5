using Appliance.Interop.Live;

namespace Appliance.Interop.Load;

/// <summary>
/// One box on the same two cables, with one contender after the other. The appliance stays the same process: its ports are taken from it by
/// a reload while the kernel has its turn, and given back, so that it is as warm as a router is.
/// </summary>
internal sealed class BenchmarkBox : IDisposable
{
    private const string Idle = "ports:\n  idle: {backend: tap, device: idle0, addresses: [192.0.2.1/24]}\n";

    private const string Masquerade = """
        table inet bench {
          chain forward { type filter hook forward priority 0; policy drop; ct state established,related accept; iifname "eth0" accept; }
          chain out { type nat hook postrouting priority 100; oifname "eth1" masquerade; }
        }

        """;

    private const string Target = "10.2.0.2", CableTarget = "10.3.0.2";

    private const string Translating = "nat on wan inet from (lan:network) to any -> (wan)\npass all\n";

    private readonly string _ports;
    private readonly string _targetMac;
    private Contender? _current;
    private int _reloads;

    public BenchmarkBox()
    {
        Host.Connect(Network.Lan, "cable0", Network.Wan, "cable0");
        Network.Lan.AddAddress("cable0", "10.3.0.1/24");
        Network.Wan.AddAddress("cable0", $"{CableTarget}/24");
        PlaceWork();
        _targetMac = Network.Wan.Succeed("cat", "/sys/class/net/wan0/address").Trim();
        string more = LiveNetwork.PortsAlone["ports:\n".Length..];
        _ports = $"{Idle}{more}neighbors: [{{port: wan, address: {Target}, mac: \"{_targetMac}\"}}]\n";
        Network.Box.Succeed("/bin/sh", "-c", $"echo '{Masquerade}' > {Network.Folder["masquerade.nft"]}");
        Appliance = Network.Run(Idle, "pass all\n", "vcpus: 1\n");
    }

    public LiveNetwork Network { get; } = new();

    public Background Appliance { get; }

    /// <summary>The other host's address, by which whoever has his turn is in between.</summary>
    public string TargetNow => _current == Contender.Cable ? CableTarget : Target;

    /// <summary>From here on this one forwards; returns when it does.</summary>
    public void Give(Contender who)
    {
        if (who != _current)
        {
            if (_current is Contender.Appliance or Contender.ApplianceSteered) Reload(Idle, "pass all\n");
            else TakeFromKernel();
            LoadNetwork.Spread(Network.Box, "eth0", who == Contender.KernelSteered ? LoadNetwork.FirstProcessor : "0");
            if (who == Contender.Appliance) Reload(_ports, Translating);
            else if (who == Contender.ApplianceSteered) Reload(LiveNetwork.Steered(_ports), Translating);
            else if (who != Contender.Cable) GiveToKernel(who);
        }

        _current = who;
        Eventually.Is(() => Network.Lan.Pings(TargetNow));
    }

    public void Dispose() => Network.Dispose();

    /// <summary>
    /// A sender's frames leave where it runs and where its answers are handled: both are the last processor, else its own frames would
    /// overtake each other before anybody forwards them. What arrives at the box is handled there, too, unless it is steered; what arrives
    /// at the other host is handled by whoever forwarded it, and what that answers at once arrives there, too.
    /// </summary>
    private void PlaceWork()
    {
        LoadNetwork.Spread(Network.Lan, "lan0", LoadNetwork.LastProcessor);
        LoadNetwork.Spread(Network.Box, "eth1", "0");
        LoadNetwork.Spread(Network.Wan, "wan0", "0");
        foreach (Host host in (Host[])[Network.Lan, Network.Wan]) LoadNetwork.Spread(host, "cable0", LoadNetwork.LastProcessor);
    }

    private void Reload(string yaml, string ruleset)
    {
        Network.Write(yaml, ruleset, "vcpus: 1\n");
        Appliance.Signal("HUP");
        Appliance.AwaitLines(++_reloads, "reloaded");
    }

    private void TakeFromKernel()
    {
        Network.Box.Succeed("nft", "flush", "ruleset");
        Network.Box.Succeed("sysctl", "-qw", "net.ipv4.ip_forward=0");
        foreach (string device in (string[])["eth0", "eth1"]) Network.Box.Ip("addr", "flush", "dev", device);
    }

    private void GiveToKernel(Contender who)
    {
        Network.Box.AddAddress("eth0", "10.1.0.1/24");
        Network.Box.AddAddress("eth1", "10.2.0.1/24");
        Network.Box.Succeed("sysctl", "-qw", "net.ipv4.ip_forward=1");
        Network.Box.Ip("neigh", "replace", Target, "lladdr", _targetMac, "dev", "eth1", "nud", "permanent");
        if (who != Contender.Kernel) Network.Box.Succeed("nft", "-f", Network.Folder["masquerade.nft"]);
    }
}
