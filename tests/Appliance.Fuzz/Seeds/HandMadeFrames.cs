using System.Collections.Immutable;
using Appliance.Node;
using Appliance.Wire.Ethernet;

namespace Appliance.Fuzz.Seeds;

/// <summary>
/// Frames that reach every part of the path without any capture: transports of both families, echo requests to own addresses, neighbours'
/// questions, fragments, options, extension headers, tags, long datagrams.
/// </summary>
internal static class HandMadeFrames
{
    private static readonly MacAddress Port = NodeModelsBuilder.MacOf(1);

    private static readonly string[] Packets =
    [
        "tcp 192.168.1.10:40000 > 198.18.0.7:443 S",
        "tcp 192.168.1.10:40000 > 93.184.216.34:80 PA len 512",
        "udp 192.168.10.5:5353 > 141.1.2.3:53 len 40",
        "udp 10.1.2.3:1000 > 10.64.7.7:2000 len 1400",
        "udp 203.0.113.9:1000 > 192.168.1.77:2000 len 3000",
        "udp 203.0.113.9:1000 > 192.168.20.77:2000 len 8900",
        "sctp 172.20.1.1:1000 > 10.70.0.1:2000 len 30",
        "icmp 192.168.1.10 > 8.8.8.8 id 7 len 56",
        "icmp 192.168.1.10 > 192.168.1.1 id 7 len 56",
        "icmp 203.0.113.1 > 203.0.113.2 id 9 len 1400",
        "icmp 203.0.113.1 > 192.168.1.1 id 9 len 4000",
        "icmp 10.7.0.9 > 10.7.0.1 id 9 len 8",
        "icmp 169.254.3.3 > 192.168.1.1 id 9 len 8",
        "icmp 192.168.1.10 > 8.8.4.4 type 3 code 1 len 28",
        "47 192.168.1.10 > 9.9.9.9 len 100",
        "50 192.168.1.10 > 9.9.9.9 len 80",
        "udp 192.168.1.10:1 > 9.9.9.9:2 ttl 1",
        "udp 10.1.1.1:1 > 172.16.4.4:2 len 9",
        "tcp [2001:db8:10::10]:40000 > [2001:db8:ff::7]:443 S",
        "tcp [2001:db8:10::10]:40000 > [2600::1]:80 PA len 1400",
        "udp [2001:db8:c1::5]:1000 > [2001:db8:1::99]:53 len 40",
        "udp [2001:db8:1::5]:1000 > [2001:db8:10::99]:53 len 1440",
        "icmp6 2001:db8:10::10 > 2001:db8:10::1 id 7 len 56",
        "icmp6 2001:db8:1::10 > 2001:db8:1::2 id 7 len 1200",
        "icmp6 fe80::99 > fe80::1 id 7 len 16",
        "icmp6 2001:db8:10::10 > 2600::9 type 1 code 0 len 60",
        "udp [2001:db8:10::10]:1 > [2600::9]:2 ttl 1",
        "89 2001:db8:10::10 > 2600::9 len 60",
        "vlan 10 udp 192.168.10.9:1 > 192.168.1.9:2 len 900",
        "vlan 20 icmp 192.168.1.10 > 192.168.1.1 id 3 len 600",
        "vlan 7 tcp 10.7.0.2:99 > 203.0.113.40:80 S",
        "vlan 9 udp 10.9.0.2:99 > 203.0.113.40:80 len 1450",
        "vlan 10 icmp6 2001:db8:10::9 > 2001:db8:10::1 id 3 len 1300",
    ];

    private static readonly string[] Ipv6Targets =
    [
        "2001:db8:10::1", "2001:db8:1::2", "fe80::1", "fe80::a", "2001:db8:7::1", "2001:db8:c1::1",
    ];

    private static readonly UInt128[] SolicitationSources = [0, new(0x2001_0db8_0010_0000, 0x77), new(0xfe80_0000_0000_0000, 0x77)];

    private static readonly uint[] Ipv4Targets = [0xc0a8_0101, 0xcb00_7102, 0xc0a8_0a01, 0x0a64_0101, 0x0a07_0001, 0xc633_6402];

    public static ImmutableArray<byte[]> All { get; } =
    [
        .. Packets.Select(Build),
        .. Ipv4Targets.Select(target => ArpRequest(target)),
        .. Ipv6Targets.SelectMany(target => SolicitationSources.Select(source => Solicitation(target, source))),
        .. Packets.Where(packet => packet.StartsWith("vlan", StringComparison.Ordinal)).Select(packet => InServiceTag(Build(packet))),
        WithOptions(Build(Packets[1]), [0x94, 4, 0, 0, 7, 7, 4, 0, 0, 0, 0, 0]),
        WithOptions(Build(Packets[5]), [0x94, 4, 0, 0, 0x88, 4, 1, 2, 1, 1, 7, 11, 4, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0]),
        WithOptions(Build(Packets[2]), [0x83, 7, 4, 10, 0, 0, 1, 0]),
        .. new byte[] { 0, 43, 44, 51, 60, 135, 139, 140 }.Select(type => WithExtension(Build(Packets[19]), type)),
        .. new byte[] { 0, 43, 44, 60 }.Select(type => WithExtension(Build(Packets[20]), type)),
    ];

    private static byte[] Build(string text)
    {
        if (!PacketText.TryParse(text, out PacketText packet, out string error)) throw new InvalidOperationException($"{text}: {error}");
        return PacketBuilder.Build(packet, Port);
    }

    private static byte[] ArpRequest(uint target)
    {
        var frame = new byte[60];
        Big.PutMac(frame, 0, MacAddress.Broadcast.Value);
        Big.PutMac(frame, 6, 0x0200_0000_0009);
        Big.Put16(frame, 12, 0x0806);
        Span<byte> arp = frame.AsSpan(14);
        Big.Put32(arp, 0, 0x0001_0800);
        Big.Put32(arp, 4, 0x0604_0001);
        Big.PutMac(arp, 8, 0x0200_0000_0009);
        Big.Put32(arp, 14, (target & 0xffff_ff00) | 9);
        Big.Put32(arp, 24, target);
        return frame;
    }

    /// <summary>RFC 4861 §4.3, to the target's solicited-node group, with the source link-layer address.</summary>
    private static byte[] Solicitation(string target, UInt128 source)
    {
        byte[] frame = Build($"icmp6 2001:db8:10::10 > {target} type 135 len 24");
        UInt128 asked = Big.U128(frame, 38);
        UInt128 group = new UInt128(0xff02_0000_0000_0000, 0x0000_0001_ff00_0000) | (asked & 0xff_ffff);
        Big.PutMac(frame, 0, 0x3333_0000_0000UL | (uint)group);
        frame[21] = 255;
        Big.Put128(frame, 22, source);
        Big.Put128(frame, 38, group);
        Big.Put32(frame, 58, 0);
        Big.Put128(frame, 62, asked);
        Big.Put16(frame, 78, 0x0101);
        Big.PutMac(frame, 80, 0x0200_0000_0009);
        if (source == 0) frame = frame[..78];                           // who has no address yet tells no other
        int length = frame.Length - 54;
        Big.Put16(frame, 18, length);
        Big.Put16(frame, 56, 0);
        Big.Put16(frame, 56, ~OnesSum.Of(frame.AsSpan(54), OnesSum.PseudoHeader(frame.AsSpan(22, 32), 58, length)));
        return frame;
    }

    /// <summary>Tag 1 within tag 100, the outer one of type 0x88a8.</summary>
    private static byte[] InServiceTag(byte[] tagged)
    {
        byte[] frame = [.. tagged[..12], 0x88, 0xa8, 0, 100, .. tagged[12..]];
        frame[19] = 1;
        return frame;
    }

    private static byte[] WithOptions(byte[] plain, byte[] options)
    {
        byte[] frame = [.. plain[..34], .. options, .. plain[34..]];
        Span<byte> ip = frame.AsSpan(14, 20 + options.Length);
        ip[0] = (byte)(0x40 | (ip.Length / 4));
        Big.Put16(ip, 2, frame.Length - 14);
        Big.Put16(ip, 10, 0);
        Big.Put16(ip, 10, ~OnesSum.Of(ip));
        return frame;
    }

    /// <summary>One extension header of 16 bytes (a fragment header has 8), routing as type 4.</summary>
    private static byte[] WithExtension(byte[] plain, byte type)
    {
        byte length = type switch { 44 => 0, 51 => 2, _ => 1 };        // in units of 8 bytes, or 4 with authentication
        byte[] header = [plain[20], length, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        if (type == 44) header = [plain[20], 0, 0, 1, 1, 2, 3, 4];
        byte[] frame = [.. plain[..54], .. header, .. plain[54..]];
        frame[20] = type;
        Big.Put16(frame, 18, frame.Length - 54);
        return frame;
    }
}
