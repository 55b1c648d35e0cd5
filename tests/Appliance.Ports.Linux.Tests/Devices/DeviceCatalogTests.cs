using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

/// <summary>What is read and changed by netlink, against what iproute2 says and does.</summary>
public sealed class DeviceCatalogTests : IDisposable
{
    private readonly NetworkNamespace _namespace = new();

    public DeviceCatalogTests()
    {
        _namespace.AddPair("near", "far", mtu: 1400);
        _namespace.Ip("link", "set", "near", "address", "02:00:00:00:00:aa");
        _namespace.Exec("/usr/sbin/sysctl", "-qw", "net.ipv6.conf.near.disable_ipv6=0", "net.ipv6.conf.near.accept_dad=0");
    }

    public void Dispose() => _namespace.Dispose();

    [Fact]
    public void Devices_are_described_and_found_by_name_and_mac() => _namespace.Run(() =>
    {
        using var catalog = new DeviceCatalog();
        Assert.True(catalog.TryFind("near", out HostDevice? near, out _));
        Assert.Equal(("near", new MacAddress(0x0200_0000_00aa), 1400, true, true, 0, "veth"),
            (near!.Name, near.Mac, near.MtuBytes, near.IsUp, near.HasCarrier, near.Master, near.Kind));
        Assert.True(catalog.TryFind("mac:02:00:00:00:00:aa", out HostDevice? same, out _));
        Assert.Equal(near, same);
        Assert.Equal(["far", "lo", "near"], catalog.Devices().Select(device => device.Name).Order());

        Assert.False(catalog.TryFind("mac:02:00:00:00:00:ab", out _, out string problem));
        Assert.Contains("no device of the host is mac:02:00:00:00:00:ab; there are", problem, StringComparison.Ordinal);
        Assert.False(catalog.TryFind("pci:0000:00:1f.7", out _, out _));
        Assert.False(catalog.TryFind("slot:31", out _, out _));
        Assert.False(catalog.TryFind("slot:../../x", out _, out _));
        Assert.False(catalog.TryFind("nowhere", out HostDevice? none, out _));
        Assert.Null(none);

        _namespace.Ip("link", "set", "far", "address", "02:00:00:00:00:aa");
        Assert.False(catalog.TryFind("mac:02:00:00:00:00:aa", out _, out problem));
        Assert.Contains("several devices", problem, StringComparison.Ordinal);
        _namespace.Ip("link", "add", "br0", "address", "02:00:00:00:00:bb", "type", "bridge");
        _namespace.Ip("link", "set", "far", "master", "br0");           // a part of another is not meant
        Assert.True(catalog.TryFind("mac:02:00:00:00:00:aa", out same, out _));
        Assert.Equal("near", same!.Name);
    });

    /// <summary>The host's end of a port, say, which has the port's MAC address.</summary>
    [Fact]
    public void What_a_program_made_is_not_taken_for_the_device_whose_mac_it_has() => _namespace.Run(() =>
    {
        using var catalog = new DeviceCatalog();
        _namespace.Ip("tuntap", "add", "host-near", "mode", "tap");
        _namespace.Ip("link", "set", "host-near", "address", "02:00:00:00:00:aa");
        Assert.True(catalog.TryFind("mac:02:00:00:00:00:aa", out HostDevice? found, out string problem), problem);
        Assert.Equal("near", found!.Name);
        Assert.True(catalog.TryFind("host-near", out found, out _));
        _namespace.Ip("link", "delete", "near");
        Assert.False(catalog.TryFind("mac:02:00:00:00:00:aa", out _, out _));
    });

    [Fact]
    public void Devices_of_this_machine_are_found_where_they_sit()
    {
        using var catalog = new DeviceCatalog();
        HostDevice[] real = [.. catalog.Devices().Where(device => BusOf(device.Name) is not null && device.Master == 0)];
        Assert.SkipWhen(real.Length == 0, "no network device of this machine is on a PCI bus");
        string place = BusOf(real[0].Name)!;
        Assert.True(catalog.TryFind($"pci:{place}", out HostDevice? found, out string problem), problem);
        Assert.Equal(real[0].Name, found!.Name);
        if (!place.StartsWith("0000:00:", StringComparison.Ordinal) || Directory.Exists("/sys/bus/pci/slots/0")) return;
        Assert.True(catalog.TryFind($"slot:{Convert.ToInt32(place[8..10], 16)}", out found, out problem), problem);
        Assert.Equal(real[0].Name, found!.Name);
    }

    [Fact]
    public void Addresses_routes_and_neighbours_are_those_that_iproute2_set() => _namespace.Run(() =>
    {
        using var catalog = new DeviceCatalog();
        Assert.True(catalog.TryFind("near", out HostDevice? near, out _));
        Assert.Null(catalog.UseOf(near!.Index));
        _namespace.Ip("route", "add", "default", "dev", "near", "metric", "7");
        Assert.Equal("the host's default route goes by it", catalog.UseOf(near.Index));
        _namespace.Ip("address", "add", "192.0.2.1/24", "dev", "near");
        _namespace.Ip("address", "add", "2001:db8::1/64", "dev", "near", "nodad");
        Assert.StartsWith("it has the host's address", catalog.UseOf(near.Index), StringComparison.Ordinal);
        _namespace.Ip("route", "add", "198.51.100.0/24", "via", "192.0.2.9", "proto", "static");
        _namespace.Ip("route", "add", "203.0.113.0/24", "proto", "ospf",
            "nexthop", "via", "192.0.2.7", "weight", "3", "nexthop", "via", "192.0.2.8");
        _namespace.Ip("route", "add", "blackhole", "2001:db8:dead::/48", "metric", "9");
        _namespace.Ip("neighbour", "add", "192.0.2.9", "lladdr", "02:00:00:00:00:09", "dev", "near");

        Assert.Equal(["192.0.2.1/24", "2001:db8::1/64"], Own(catalog, near.Index));
        Assert.All(catalog.Addresses().Where(each => each.DeviceIndex == near.Index && !each.Prefix.Address.IsLinkLocal),
            address => Assert.Equal((true, false, HostAddress.Forever), (address.IsPermanent, address.IsTentative, address.ValidSeconds)));
        HostRoute plain = Route(catalog, "198.51.100.0/24");
        Assert.Equal((new HostNextHop(TestFrames.V4("192.0.2.9"), near.Index, 1), (byte)4, HostRoute.MainTable),
            (Assert.Single(plain.NextHops), plain.Protocol, plain.Table));
        HostRoute several = Route(catalog, "203.0.113.0/24");
        Assert.Equal(188, several.Protocol);
        Assert.Equal(
            [new(TestFrames.V4("192.0.2.7"), near.Index, 3), new(TestFrames.V4("192.0.2.8"), near.Index, 1)], several.NextHops);
        HostRoute hole = Route(catalog, "2001:db8:dead::/48");
        Assert.Equal((HostRoute.Blackhole, 9u), (hole.Type, hole.Metric));
        HostRoute byDefault = Route(catalog, "0.0.0.0/0");
        Assert.Equal((true, 7u, null), (byDefault.IsDefault, byDefault.Metric, byDefault.NextHops[0].Gateway));
        Assert.Contains(catalog.Neighbours(), neighbour => neighbour.Address == TestFrames.V4("192.0.2.9")
            && neighbour.Mac == new MacAddress(0x0200_0000_0009) && neighbour.DeviceIndex == near.Index && neighbour.State == 0x80);
    });

    [Fact]
    public void Link_mtu_and_addresses_are_changed_and_what_is_so_already_is_no_failure() => _namespace.Run(() =>
    {
        using var catalog = new DeviceCatalog();
        using var editor = new DeviceEditor();
        Assert.True(catalog.TryFind("near", out HostDevice? near, out _));
        editor.SetUp(near!.Index, isUp: false);
        editor.SetMtu(near.Index, 1300);
        Assert.True(catalog.TryFind("near", out near, out _));
        Assert.Equal((false, 1300), (near!.IsUp, near.MtuBytes));
        editor.SetUp(near.Index, isUp: true);
        foreach (string text in (string[])["192.0.2.1/24", "2001:db8::1/64"])
        {
            Assert.True(IpPrefix.TryParse(text, out IpPrefix prefix));
            var address = new HostAddress(near.Index, prefix, 0, 0, HostAddress.Forever, HostAddress.Forever);
            editor.AddAddress(address);
            editor.AddAddress(address);
            Assert.Contains(text, Own(catalog, near.Index));
            editor.RemoveAddress(address);
            editor.RemoveAddress(address);
            Assert.DoesNotContain(text, Own(catalog, near.Index));
        }

        SystemCallException failure = Assert.Throws<SystemCallException>(() => editor.SetMtu(near.Index, 10));
        Assert.Equal(("RTM_SETLINK mtu 10", 22), (failure.Call, failure.Errno));
        Assert.Equal(19, Assert.Throws<SystemCallException>(() => editor.SetUp(999, isUp: true)).Errno);
    });

    [Fact]
    public void What_the_host_had_moves_to_a_tap_and_comes_back() => _namespace.Run(() =>
    {
        _namespace.Ip("address", "add", "192.0.2.1/24", "broadcast", "+", "dev", "near");
        _namespace.Ip("address", "add", "192.0.2.5/24", "dev", "near", "valid_lft", "1000", "preferred_lft", "900");
        _namespace.Ip("address", "add", "2001:db8::1/64", "dev", "near", "nodad");
        _namespace.Ip("route", "add", "default", "via", "192.0.2.254", "metric", "5");
        _namespace.Ip("-6", "route", "add", "default", "via", "2001:db8::fe", "dev", "near");
        string[] before = [Text("address", "near"), Routes()];
        using var catalog = new DeviceCatalog();
        using var editor = new DeviceEditor();
        using TapPort tap = TapPort.Open(new TapOptions { Id = new Engine.PortId(0), Name = "host", Device = "wan" });
        _namespace.Exec("/usr/sbin/sysctl", "-qw", "net.ipv6.conf.wan.disable_ipv6=0");
        Assert.True(catalog.TryFind("near", out HostDevice? near, out _));
        HostTakeOver had = HostTakeOver.Of(catalog, near!.Index);
        Assert.Equal((3, 2), (had.Addresses.Length, had.Routes.Length));

        had.MoveTo(editor, tap.DeviceIndex);
        Assert.Empty(Own(catalog, near.Index));
        Assert.Equal(before[0], Text("address", "wan"));
        Assert.Equal(before[1].Replace("near", "wan", StringComparison.Ordinal), Routes());
        Assert.Null(catalog.UseOf(near.Index));

        had.Return(editor, tap.DeviceIndex, near.Index);
        Assert.Equal<string[]>(before, [Text("address", "near"), Routes()]);
        Assert.Empty(Own(catalog, tap.DeviceIndex));

        had.MoveTo(editor, tap.DeviceIndex);
        int index = tap.DeviceIndex;
        tap.Dispose();                                  // as after a crash: the TAP is gone, with all that was on it
        had.Return(editor, index, near.Index);
        Assert.Equal<string[]>(before, [Text("address", "near"), Routes()]);
    });

    [Fact]
    public void Offloads_are_those_that_ethtool_set() => _namespace.Run(() =>
    {
        using var catalog = new DeviceCatalog();
        Assert.Equal((true, true, true), (catalog.OffloadsOf("near").TransmitChecksum, catalog.OffloadsOf("near").Segmentation,
            catalog.OffloadsOf("near").ScatterGather));
        _namespace.Exec("/usr/sbin/ethtool", "-K", "near", "tx", "off", "tso", "off", "gro", "on", "gso", "off");
        Assert.Equal(new DeviceOffloads(true, false, true, false, false, true, false), catalog.OffloadsOf("near"));
        Assert.True(catalog.TryTurnOffLargeReceive("near"));            // it has none
        Assert.False(catalog.OffloadsOf("nowhere").ReceiveChecksum);
    });

    private static List<string> Own(DeviceCatalog catalog, int device) =>
        [.. catalog.Addresses().Where(address => address.DeviceIndex == device && !address.Prefix.Address.IsLinkLocal)
            .Select(address => address.Prefix.ToString()).Order(StringComparer.Ordinal)];

    private static HostRoute Route(DeviceCatalog catalog, string prefix) =>
        Assert.Single(catalog.Routes(), route => route.Table == HostRoute.MainTable && route.Destination.ToString() == prefix);

    /// <summary>Without what a link makes by itself, and without the seconds that have passed.</summary>
    private string Text(string what, string device) => string.Join('\n', _namespace.Ip("-o", what, "show", "dev", device, "scope", "global")
        .Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SkipWhile(word => !word.StartsWith("inet", StringComparison.Ordinal))
            .Where(word => word.TrimEnd('\\') != device && word != "nodad")
            .Select(word => word.EndsWith("sec", StringComparison.Ordinal) ? "soon" : word)))
        .Order(StringComparer.Ordinal));

    private string Routes() => string.Join('\n', (_namespace.Ip("-4", "route") + _namespace.Ip("-6", "route"))
        .Split('\n').Where(line => !line.Contains("fe80", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    private static string? BusOf(string device)
    {
        string? target = new DirectoryInfo($"/sys/class/net/{device}").ResolveLinkTarget(returnFinalTarget: false)?.FullName;
        return target?.Split('/').LastOrDefault(part => part.Length == 12 && part[4] == ':' && part[10] == '.');
    }
}
