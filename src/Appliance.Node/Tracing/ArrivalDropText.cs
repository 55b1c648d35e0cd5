using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>
/// What a trace says of a frame that was dropped as soon as its headers were read. Parsing itself gives the bare reason: this reads again,
/// for the one frame that somebody asked about, what the parser read.
/// </summary>
internal static class ArrivalDropText
{
    /// <summary>Empty where the reason says it all.</summary>
    public static string Of(Frame frame, DropReason reason, PortTable ports)
    {
        ReadOnlySpan<byte> bytes = frame.Bytes;
        PortFacts port = ports[frame.Info.IngressPort];
        return reason switch
        {
            _ when bytes.Length < EthernetView.HeaderLength => "",
            DropReason.OwnSource => $"{port.Mac} is {port.Name}'s own",
            DropReason.NotForUs => $"to {MacAddress.Read(bytes)}, {port.Name} is {port.Mac}",
            DropReason.Vlan => Vlan(bytes, ports, port.Physical),
            DropReason.Ethertype => Type(frame.Info.EtherType),
            DropReason.BadIpChecksum => HeaderChecksum(bytes[frame.Info.NetworkOffset..]),
            DropReason.Short => Length(bytes, frame.Info),
            _ => "",
        };
    }

    /// <summary>The first tag that leads nowhere, beside those that would have led somewhere.</summary>
    private static string Vlan(ReadOnlySpan<byte> bytes, PortTable ports, int port)
    {
        for (int at = EthernetView.HeaderLength; at + VlanTagView.HeaderLength <= bytes.Length; at += VlanTagView.HeaderLength)
        {
            int vlan = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) & 0xfff;
            int subport = ports.FindSubport(port, vlan);
            if (vlan != 0 && subport < 0) return $"{vlan}; {ports[port].Name} has {Known(ports, port)}";
            if (vlan != 0) port = subport;
            if (!VlanTagView.Announces((EtherType)BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]))) break;
        }

        return "too many tags";
    }

    private static string Known(PortTable ports, int parent)
    {
        IEnumerable<ushort> known =
            Enumerable.Range(0, ports.Count).Select(index => ports[index]).Where(port => port.Parent == parent).Select(port => port.VlanId);
        string text = string.Join(", ", known.Order());
        return text.Length == 0 ? "none" : text;
    }

    private static string Type(EtherType type) =>
        (ushort)type < 0x600 ? $"0x{(ushort)type:x4}, a length: 802.3, not Ethernet II" : $"0x{(ushort)type:x4}";

    private static string HeaderChecksum(ReadOnlySpan<byte> datagram)
    {
        Span<byte> header = datagram[..((datagram[0] & 15) * 4)].ToArray();
        ushort found = BinaryPrimitives.ReadUInt16BigEndian(header[10..]);
        header[10..12].Clear();
        return $"0x{found:x4}, where 0x{InternetChecksum.Finish(InternetChecksum.Sum(header)):x4} would be right";
    }

    private static string Length(ReadOnlySpan<byte> bytes, in FrameInfo info)
    {
        ReadOnlySpan<byte> datagram = bytes[Math.Min(info.NetworkOffset, bytes.Length)..];
        int said = info.EtherType switch
        {
            EtherType.Ipv4 when datagram.Length >= Ipv4View.MinHeaderLength => BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]),
            EtherType.Ipv6 when datagram.Length >= Ipv6View.HeaderLength =>
                Ipv6View.HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]),
            _ => 0,
        };
        return said > datagram.Length ? $"an IP datagram of {said} bytes, of which {datagram.Length} are here" : "";
    }
}
