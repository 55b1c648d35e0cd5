using Appliance.Engine;

namespace Appliance.Reports;

/// <summary>What each drop reason says of the frame, in few words: "the frame …".</summary>
internal static class DropReasonWords
{
    /// <summary>Characters, so that a row of the report fits 80 columns.</summary>
    public const int MaxLength = 48;

    public static string Of(string name) =>
        Enum.GetValues<DropReason>().Where(reason => DropReasonNames.Of(reason) == name).Select(Of).FirstOrDefault("");

    public static string Of(DropReason reason) => reason switch
    {
        DropReason.LinkType => "is of a link type that is not read",
        DropReason.CapturedShort => "is not whole in the capture",
        DropReason.FrameTooLong => "is longer than a frame can be",
        DropReason.ReplayEnded => "was still held when the captures ended",
        DropReason.Short => "ends before what its headers promise",
        DropReason.OwnSource => "has the port's own MAC address as its source",
        DropReason.NotForUs => "is addressed to another station",
        DropReason.Vlan => "is of a VLAN that is not configured",
        DropReason.Ethertype => "is neither IP nor ARP",
        DropReason.L2Group => "carries unicast IP to a group of stations",
        DropReason.IpHeader => "has IP header fields that contradict each other",
        DropReason.BadIpChecksum => "has a wrong IPv4 header checksum",
        DropReason.BadL4Checksum => "has a wrong TCP, UDP or ICMP checksum",
        DropReason.SourceRoute => "asks for a way of its own",
        DropReason.Land => "has its source as its destination",
        DropReason.Martian => "has an address that cannot be there",
        DropReason.Spoof => "has a source that is not behind its port",
        DropReason.LinkLocal => "has a link-local address, which is not routed",
        DropReason.Multicast => "is for a group, and no function here takes it",
        DropReason.Broadcast => "is a broadcast, and no function here takes it",
        DropReason.Standby => "is for a virtual address that the peer has",
        DropReason.HopLimit => "has no hop left; its sender is told",
        DropReason.NoRoute => "has no route; its sender is told",
        DropReason.Blackhole => "has a route that ends here on purpose",
        DropReason.NoNeighbour => "has a next hop without a known MAC address",
        DropReason.Mtu => "is too long for its way out; its sender is told",
        DropReason.Block => "is blocked by a rule",
        DropReason.StateLimit => "needs a state, and there is no room for one",
        DropReason.NatExhausted => "found no free port for its translation",
        DropReason.TcpWindow => "is outside its connection's window",
        DropReason.Fragment => "is a fragment that cannot be used",
        DropReason.ReassemblyTimeout => "waited too long for its other fragments",
        DropReason.QueueFull => "found a full queue",
        DropReason.PoolEmpty => "found no free buffer",
        _ => "",
    };
}
