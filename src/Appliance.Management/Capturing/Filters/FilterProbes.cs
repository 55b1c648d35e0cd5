using Appliance.Wire.Ip;

namespace Appliance.Management;

/// <summary>The questions that filters are made of.</summary>
internal static class FilterProbes
{
    public static FrameProbe Nothing { get; } = (in _) => true;

    public static FrameProbe And(FrameProbe left, FrameProbe right) => (in frame) => left(frame) && right(frame);

    /// <summary>One behind the other, from the left; however many they are, none is asked within another.</summary>
    public static FrameProbe InTurn(FrameProbe first, (bool IsOr, FrameProbe Probe)[] others) => (in frame) =>
    {
        bool matches = first(frame);
        foreach ((bool isOr, FrameProbe probe) in others)
        {
            if (matches != isOr) matches = probe(frame);
        }

        return matches;
    };

    public static FrameProbe Not(FrameProbe inner) => (in frame) => !inner(frame);

    /// <summary>Null: there is no such word.</summary>
    public static FrameProbe? OfProtocol(string word) => word switch
    {
        "ip" => (in frame) => frame.EtherType == 0x0800,
        "ip6" => (in frame) => frame.EtherType == 0x86dd,
        "arp" => (in frame) => frame.EtherType == 0x0806,
        "tcp" => WithProtocol(6),
        "udp" => WithProtocol(17),
        "sctp" => WithProtocol(132),
        "icmp" => (in frame) => frame is { IsIp: true, IsV6: false, Protocol: 1 },
        "icmp6" => (in frame) => frame is { IsV6: true, Protocol: 58 },
        "ether" => Nothing,
        _ => null,
    };

    public static FrameProbe WithProtocol(byte number) => (in frame) => frame.IsIp && frame.Protocol == number;

    public static FrameProbe InNet(IpPrefix net, FilterSide side)
    {
        bool isV6 = net.Address.IsV6;
        UInt128 mask = net.Length == 0 ? 0 : UInt128.MaxValue << (net.Address.BitLength - net.Length), network = net.Address.Bits & mask;
        if (!isV6) (mask, network) = (mask & uint.MaxValue, network & uint.MaxValue);
        return side switch
        {
            FilterSide.Source => (in frame) => Has(frame, isV6) && (frame.Source & mask) == network,
            FilterSide.Destination => (in frame) => Has(frame, isV6) && (frame.Destination & mask) == network,
            FilterSide.Both => (in frame) => Has(frame, isV6) && (frame.Source & mask) == network && (frame.Destination & mask) == network,
            _ => (in frame) => Has(frame, isV6) && ((frame.Source & mask) == network || (frame.Destination & mask) == network),
        };
    }

    public static FrameProbe WithPort(int first, int last, FilterSide side) => side switch
    {
        FilterSide.Source => (in frame) => frame.HasPorts && IsIn(frame.SourcePort, first, last),
        FilterSide.Destination => (in frame) => frame.HasPorts && IsIn(frame.DestinationPort, first, last),
        FilterSide.Both => (in frame) =>
            frame.HasPorts && IsIn(frame.SourcePort, first, last) && IsIn(frame.DestinationPort, first, last),
        _ => (in frame) => frame.HasPorts && (IsIn(frame.SourcePort, first, last) || IsIn(frame.DestinationPort, first, last)),
    };

    public static FrameProbe WithMac(byte[] mac, FilterSide side) => (in frame) =>
    {
        if (frame.Bytes.Length < 12) return false;
        bool isDestination = frame.Bytes[..6].SequenceEqual(mac), isSource = frame.Bytes[6..12].SequenceEqual(mac);
        return side switch
        {
            FilterSide.Source => isSource,
            FilterSide.Destination => isDestination,
            FilterSide.Both => isSource && isDestination,
            _ => isSource || isDestination,
        };
    };

    /// <param name="id">Null: any tag.</param>
    public static FrameProbe WithVlan(int? id) => id is { } wanted
        ? (in frame) => frame.Tags > 0 && frame.Vlan == wanted
        : (in frame) => frame.Tags > 0;

    public static FrameProbe OfLength(int least, int most) => (in frame) => IsIn(frame.Bytes.Length, least, most);

    public static FrameProbe Broadcast { get; } = (in frame) => frame.Bytes.Length >= 6 && !frame.Bytes[..6].ContainsAnyExcept((byte)0xff);

    public static FrameProbe Multicast { get; } = (in frame) => frame.Bytes.Length >= 6 && (frame.Bytes[0] & 1) != 0;

    private static bool Has(in FrameView frame, bool isV6) => frame.HasAddresses && frame.IsV6 == isV6;

    private static bool IsIn(int value, int first, int last) => value >= first && value <= last;
}
