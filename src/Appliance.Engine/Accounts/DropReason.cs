namespace Appliance.Engine;

/// <summary>
/// Why a frame ended without leaving: one enum for the whole data plane, and its names in kebab-case are the counters' names.
/// <see cref="DropReasonNames"/> spells them.
/// </summary>
public enum DropReason : byte
{
    None,

    // The record, before it is a frame
    LinkType,               // a capture's link type that the appliance does not read
    CapturedShort,          // the capture kept less than the datagram
    FrameTooLong,           // over 65,549 bytes and its tags
    ReplayEnded,            // still held when the replay ended

    // The frame
    Short,                  // it ends before what its headers promise
    OwnSource,              // its source MAC is the port's own
    NotForUs,               // addressed to another station
    Vlan,                   // a VLAN that is not configured
    Ethertype,              // neither IP nor ARP
    L2Group,                // unicast IP in a group-addressed frame

    // The datagram
    IpHeader,               // header fields that contradict each other
    BadIpChecksum,
    BadL4Checksum,
    SourceRoute,            // IPv4 source-route option or IPv6 type 0 routing header
    Land,                   // source equals destination
    Martian,                // an address that cannot be there
    Spoof,                  // failed the reverse-path check, or claims a neighbour's message from afar
    LinkLocal,              // link-local addresses are not routed
    Multicast,
    Broadcast,
    Standby,                // to a virtual address that the other of the pair has

    // The route
    HopLimit,
    NoRoute,
    Blackhole,
    NoNeighbour,
    Mtu,

    // The firewall
    Block,
    StateLimit,
    NatExhausted,
    TcpWindow,
    Fragment,
    ReassemblyTimeout,

    // The box
    QueueFull,
    PoolEmpty,
}
