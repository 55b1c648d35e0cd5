using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>Two daemons of FRR on a host: zebra, which writes to the kernel, and one that speaks a protocol.</summary>
internal sealed class FrrRouter : IDisposable
{
    private const string Programs = "/usr/lib/frr";

    private readonly Background _zebra;
    private readonly Background _daemon;

    private FrrRouter(Host host, TemporaryFolder folder, string identity, string daemon, string configuration)
    {
        string home = folder[$"frr-{identity}"];
        Directory.CreateDirectory(home);
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);                         // FRR gives up root, and looks for itself
        File.SetUnixFileMode(home, (UnixFileMode)0b111_111_111);
        string zebra = Path.Combine(home, "zebra.conf"), file = Path.Combine(home, $"{daemon}.conf");
        File.WriteAllText(zebra, "");
        File.WriteAllText(file, configuration);
        string[] common = ["-z", Path.Combine(home, "zserv"), "--vty_socket", home, "-P", "0"];
        _zebra = Start(host, "zebra", [.. common, "-f", zebra, "-i", Path.Combine(home, "zebra.pid")]);
        Eventually.Is(() => _zebra.HasEnded || File.Exists(Path.Combine(home, "zserv")));
        Assert.False(_zebra.HasEnded, _zebra.ToString());
        _daemon = Start(host, daemon, [.. common, "-f", file, "-i", Path.Combine(home, $"{daemon}.pid")]);
    }

    /// <summary>Speaks OSPF by one interface and tells what is connected.</summary>
    public static FrrRouter WithOspf(Host host, TemporaryFolder folder, string identity, string device) =>
        new(host, folder, identity, "ospfd", $"""
        interface {device}
         ip ospf area 0
         ip ospf network point-to-point
         ip ospf hello-interval 1
         ip ospf dead-interval 4
        router ospf
         ospf router-id {identity}
         redistribute connected

        """);

    /// <summary>Speaks BGP with one other router, and tells of networks in both families.</summary>
    public static FrrRouter WithBgp(
        Host host, TemporaryFolder folder, string identity, int system, string peer, int peerSystem,
        string? v4 = null, string? v6 = null) =>
        new(host, folder, identity, "bgpd", $"""
        router bgp {system}
         bgp router-id {identity}
         no bgp ebgp-requires-policy
         no bgp network import-check
         neighbor {peer} remote-as {peerSystem}
         neighbor {peer} timers 1 3
         neighbor {peer} timers connect 1
         neighbor {peer} advertisement-interval 0
         address-family ipv4 unicast
          {(v4 is null ? "!" : $"network {v4}")}
         exit-address-family
         address-family ipv6 unicast
          neighbor {peer} activate
          {(v6 is null ? "!" : $"network {v6}")}
         exit-address-family

        """);

    public void Dispose()
    {
        _daemon.Signal("TERM");
        _daemon.AwaitEnd();
        _daemon.Dispose();
        _zebra.Signal("TERM");
        _zebra.AwaitEnd();
        _zebra.Dispose();
    }

    private static Background Start(Host host, string daemon, string[] arguments)
    {
        string program = Path.Combine(Programs, daemon);
        Assert.SkipUnless(File.Exists(program), $"{program} is not installed (frr)");
        return host.StartService(new Dictionary<string, string>(StringComparer.Ordinal), program, arguments);
    }
}
