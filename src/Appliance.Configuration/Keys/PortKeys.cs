namespace Appliance.Configuration.Keys;

internal static class PortKeys
{
    public const int MinimumMtuBytes = 576;                           // RFC 1122 §3.3.3
    public const int MinimumIpv6MtuBytes = 1280;                      // RFC 8200 §5
    public const int MaximumMtuBytes = 9216;
    public const int MaximumVlanId = 4094;                            // IEEE 802.1Q: 0 is untagged, 4095 reserved

    public static readonly WordKind<PortBackend> Backends = new(
        ("af-packet", PortBackend.AfPacket),
        ("af-xdp", PortBackend.AfXdp),
        ("tap", PortBackend.Tap),
        ("memif", PortBackend.Memif),
        ("netvsc", PortBackend.Netvsc),
        ("sharppcap", PortBackend.SharpPcap),
        ("pcap", PortBackend.Pcap));

    public static readonly ScalarKey<PortBackend> Backend = new("backend", Backends);
    public static readonly ScalarKey<string> Device = new("device", Kinds.Device);
    public static readonly ScalarKey<string> Parent = new("parent", Kinds.PortReference);
    public static readonly ScalarKey<int> Vlan = new("vlan", new NumberKind(1, MaximumVlanId));
    public static readonly ListKey<PortAddress> Addresses = new("addresses", Kinds.PortAddress, Limits.AddressesPerPort);

    public static readonly ScalarKey<int> Mtu =
        new("mtu", new NumberKind(MinimumMtuBytes, MaximumMtuBytes, $", and at least {MinimumIpv6MtuBytes} with IPv6"));

    public static readonly SectionKey Offloads = new("offloads", OffloadKeys.Section);
    public static readonly ListKey<string> Groups = new("groups", Kinds.GroupName, Limits.GroupsPerPort);

    public static readonly ScalarKey<ReversePath> Rpf = new("rpf", new WordKind<ReversePath>(
        ("off", ReversePath.Off),
        ("loose", ReversePath.Loose),
        ("strict", ReversePath.Strict)));

    public static readonly ScalarKey<string> HostPath = new("host-path", Kinds.HostPath);
    public static readonly ScalarKey<bool> TakeOver = new("take-over", Kinds.Switch);

    public static readonly Section Section =
        new("a port", Backend, Device, Parent, Vlan, Addresses, Mtu, Offloads, Groups, Rpf, HostPath, TakeOver);
}
