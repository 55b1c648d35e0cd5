using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Fuzz.Worlds;

/// <summary>
/// The appliances that are fuzzed, in turns. Between them: both families, sub-ports and QinQ, several next hops, blackholes, small MTUs,
/// every reverse-path check, own MAC only, unknown neighbours, hash by NDIS types, virtual and link-local addresses, pools and ports that
/// run out. All ways of one route have one MTU, and default routes lead most captures' addresses to the last stage.
/// </summary>
internal static class WorldCatalog
{
    private const string Plain = """
        version: 1
        name: plain
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:10::1/64", "fe80::1/64"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:1::2/64"]}
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24, "2001:db8:20::1/64", "fe80::1/64"], mtu: 1400}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: "::/0", via: "fe80::1%wan"}
          - {to: 10.0.0.0/8, via: 192.168.1.254}
          - {to: 198.51.100.0/24, blackhole: true}
          - {to: "2001:db8:dead::/48", blackhole: true}
        neighbors:
          - {port: wan, address: 203.0.113.1, mac: "02:00:cb:00:71:01"}
          - {port: lan, address: 192.168.1.10, mac: "02:00:c0:a8:01:0a"}
        """;

    private const string Vlans = """
        version: 1
        name: vlans
        ports:
          uplink: {backend: pcap, addresses: [198.51.100.2/30, "2001:db8:f::2/64"]}
          trunk: {backend: pcap, addresses: [10.0.0.1/24], mtu: 9000}
          office: {parent: trunk, vlan: 10, addresses: [192.168.10.1/24, "2001:db8:10::1/64", "fe80::a/64"], mtu: 1280}
          guests: {parent: trunk, vlan: 20, addresses: [192.168.1.1/24], mtu: 576, rpf: strict}
          service: {parent: trunk, vlan: 100}
          customer-1: {parent: service, vlan: 1, addresses: [10.100.1.1/24, "2001:db8:c1::1/64"]}
          customer-2: {parent: service, vlan: 2, addresses: [10.100.2.1/24], mtu: 1000}
        routes:
          - {to: 0.0.0.0/1, via: 10.100.2.9}
          - {to: 128.0.0.0/1, via: 192.168.1.9}
          - {to: 141.0.0.0/8, via: 10.100.1.9}
          - {to: 10.1.0.0/16, blackhole: true}
          - {to: "::/0", via: "2001:db8:10::9"}
          - {to: "2001::/16", via: "2001:db8:c1::9"}
        """;

    private const string Ecmp = """
        version: 1
        name: ecmp
        ports:
          provider-a: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:a::2/64"], rpf: loose}
          provider-b: {backend: pcap, addresses: [198.51.100.2/24, "2001:db8:b::2/64"], rpf: loose}
          core: {backend: pcap, addresses: [10.0.0.1/24, "2001:db8:c::1/64"], mtu: 1400}
        routes:
          - {to: 0.0.0.0/0, via: [203.0.113.1, 198.51.100.1]}
          - {to: "::/0", via: ["fe80::a%provider-a", "fe80::b%provider-b"]}
          - {to: 10.64.0.0/10, via: [10.0.0.2, 10.0.0.3, 10.0.0.4]}
          - {to: 192.168.0.0/16, via: [10.0.0.2, 10.0.0.3]}
          - {to: 172.16.0.0/12, blackhole: true}
          - {to: "fc00::/7", blackhole: true}
        vrss: {key: microsoft, indirection: 16, hash: [ipv4, tcp-ipv4, tcp-ipv6, udp-ipv6]}
        """;

    private const string Narrow = """
        version: 1
        name: narrow
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:10::1/64"], mtu: 1280, rpf: strict}
          wan: {backend: pcap, addresses: [203.0.113.2/31], mtu: 576, rpf: loose}
          dmz: {backend: pcap, addresses: ["2001:db8:1::2/64"], mtu: 1280}
        routes:
          - {to: 128.0.0.0/1, via: 203.0.113.3}
          - {to: 0.0.0.0/2, via: 192.168.1.2}
          - {to: "2001::/16", via: "2001:db8:1::1"}
          - {to: "3ffe::/16", via: "2001:db8:10::7"}
        high-availability:
          carp:
            - {vhid: 1, port: lan, addresses: [192.168.1.254/24, "2001:db8:10::fe/64"], password: open-sesame}
        """;

    private const string Strict = """
        version: 1
        name: strict
        ports:
          left: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:10::1/64"], rpf: strict}
          right: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:1::2/64"], rpf: loose}
          right.7: {parent: right, vlan: 7, addresses: [10.7.0.1/16, "2001:db8:7::1/64"]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: "::/0", via: "2001:db8:1::1"}
          - {to: 10.0.0.0/8, via: 10.7.0.2}
        neighbors:
          - {port: right, address: 203.0.113.1, mac: "02:00:cb:00:71:01"}
          - {port: right, address: "2001:db8:1::1", mac: "02:00:cb:00:71:01"}
          - {port: left, address: 192.168.1.10, mac: "02:00:c0:a8:01:0a"}
          - {port: right.7, address: 10.7.0.2, mac: "02:00:0a:07:00:02"}
        """;

    private const string Scarce = """
        version: 1
        name: scarce
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:10::1/64"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:1::2/64"], mtu: 1280}
          wan.9: {parent: wan, vlan: 9, addresses: [10.9.0.1/16], mtu: 576}
        routes:
          - {to: 0.0.0.0/1, via: 10.9.0.2}
          - {to: 128.0.0.0/1, via: 203.0.113.1}
          - {to: "::/0", via: "2001:db8:1::1"}
        """;

    public static ImmutableArray<WorldRecipe> All { get; } =
    [
        new("plain", 1, Plain),
        new("vlans", 2, Vlans),
        new("ecmp", 4, Ecmp),
        new("narrow", 2, Narrow),
        new("strict", 3, Strict) { StrictMac = true, InventNeighbours = false },
        new("scarce", 2, Scarce) { IsScarce = true, HasLongDatagrams = true, PoolSize = new FramePoolSize(16, 4, 3) },
        new("stuck", 1, Scarce) { IsScarce = true, HasLongDatagrams = true },
    ];
}
