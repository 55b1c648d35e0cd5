using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Fuzz.Oracle;

/// <summary>
/// The slow twin of the whole path: says from the rules of a router alone, frame by frame and with nothing of the data plane's own
/// parsing, what must become of a frame. Which way of several a flow takes is left open. This part holds the rules of addresses and
/// routes; the others read, and know neighbour discovery.
/// </summary>
internal sealed partial class Judge(RoutingFacts facts, bool strictMac)
{
    private const int MaxIpv4Error = 576;                               // RFC 1812 §4.3.2.3
    private const int MaxIpv6Error = 1280;                              // RFC 4443 §2.4 (c)
    private const int IcmpHeader = 8;

    private static readonly Complaint NoRoute = new(3, 0, 1, 0);
    private static readonly Complaint HostUnreachable = new(3, 1, 1, 3);
    private static readonly Complaint TooBig = new(3, 4, 2, 0);
    private static readonly Complaint TimeExceeded = new(11, 0, 3, 0);

    /// <summary>Type and code in ICMP (RFC 792) and in ICMPv6 (RFC 4443).</summary>
    private readonly record struct Complaint(byte Type4, byte Code4, byte Type6, byte Code6);

    public Fate Of(ReadOnlySpan<byte> frame, int port)
    {
        var fate = new Fate { Ingress = port };
        fate.Reason = Decide(frame, ref fate);
        if (fate.Reason != DropReason.None) fate.Outcome = Outcome.Drop;
        return fate;
    }

    private DropReason Decide(ReadOnlySpan<byte> frame, ref Fate fate)
    {
        DropReason refused = ReadLink(frame, ref fate, out ushort type);
        if (refused != DropReason.None) return refused;
        ReadOnlySpan<byte> network = frame[fate.NetworkOffset..];
        if (type == 0x0806) return JudgeArp(network, ref fate);
        if (type is not (0x0800 or 0x86dd)) return DropReason.Ethertype;
        fate.V6 = type == 0x86dd;
        refused = fate.V6 ? ReadIpv6(network, ref fate) : ReadIpv4(network, ref fate);
        if (refused != DropReason.None) return refused;
        ReadOnlySpan<byte> datagram = network[..fate.DatagramLength];
        UInt128 source = fate.V6 ? Big.U128(datagram, 8) : Big.U32(datagram, 12);
        UInt128 destination = fate.V6 ? Big.U128(datagram, 24) : Big.U32(datagram, 16);
        if (IsNeighbourDiscovery(source, destination, fate)) return JudgeDiscovery(datagram, source, destination, ref fate);
        if (IsFailover(datagram, destination, fate))
        {
            fate.Outcome = Outcome.Consume;
            return DropReason.None;
        }

        refused = Admit(source, destination, fate);
        if (refused != DropReason.None) return refused;
        bool own = fate.V6 ? facts.IsOwnV6(destination, fate.Ingress) : facts.IsOwnV4((uint)destination);
        return own ? JudgeLocal(datagram, source, ref fate) : JudgeRoute(datagram, source, destination, ref fate);
    }

    /// <summary>CARP (IANA protocol 112), whole, to a group or an own address, where the port has a virtual host or the lane.</summary>
    private bool IsFailover(ReadOnlySpan<byte> datagram, UInt128 destination, in Fate fate)
    {
        const byte Carp = 112;
        if (fate.Protocol != Carp || fate.IsFragment || fate.IsSourceRouted || !facts.SpeaksFailover(fate.Ingress)) return false;
        return fate.V6
            ? IsMulticastV6(destination) || facts.IsOwnV6(destination, fate.Ingress)
            : destination >> 28 == 14 || facts.IsOwnV4((uint)destination);
    }

    /// <summary>Answered when it asks for an address of the port (RFC 826); who asks is a station, not a group.</summary>
    private DropReason JudgeArp(ReadOnlySpan<byte> arp, ref Fate fate)
    {
        if (arp.Length < 28) return DropReason.Short;
        if (Big.U16(arp, 0) != 1 || Big.U16(arp, 2) != 0x0800 || arp[4] != 6 || arp[5] != 4) return DropReason.Ethertype;
        fate.DatagramLength = arp.Length;
        fate.Outcome = Outcome.Consume;
        bool isAsked = Big.U16(arp, 6) == 1 && facts.IsOwnV4At(Big.U32(arp, 24), fate.Ingress) && (arp[8] & 1) == 0;
        if (isAsked) fate.Reply = ReplyKind.Arp;
        return DropReason.None;
    }

    private DropReason Admit(UInt128 source, UInt128 destination, in Fate fate)
    {
        if (fate.IsSourceRouted) return DropReason.SourceRoute;
        if (source == destination) return DropReason.Land;
        if (fate.V6)
        {
            if (IsMartianV6(source) || IsMulticastV6(source) || facts.IsOwnV6(source, fate.Ingress)) return DropReason.Martian;
            if (IsMartianV6(destination)) return DropReason.Martian;
            if (IsMulticastV6(destination)) return DropReason.Multicast;
        }
        else
        {
            uint from = (uint)source, to = (uint)destination;
            if (from >> 24 is 0 or 127 or >= 224 || facts.IsOwnV4(from) || facts.IsBroadcast(from)) return DropReason.Martian;
            if (to != uint.MaxValue && to >> 24 is 0 or 127 or >= 240) return DropReason.Martian;
            if (to == uint.MaxValue || facts.IsBroadcast(to)) return DropReason.Broadcast;
            if (to >> 28 == 14) return DropReason.Multicast;
        }

        if (fate.IsL2Group) return DropReason.L2Group;
        return IsReversePathRight(source, fate) ? DropReason.None : DropReason.Spoof;
    }

    private bool IsReversePathRight(UInt128 source, in Fate fate)
    {
        ReversePath check = facts.Ports[fate.Ingress].ReversePath;
        if (check == ReversePath.Off || IsLinkLocal(source, fate.V6)) return true;
        RouteFact? route = facts.Lookup(source, fate.V6);
        if (route is null || route.Ways.Length == 0) return false;
        if (check == ReversePath.Loose) return true;
        foreach (Way way in route.Ways)
        {
            if (way.Port == fate.Ingress) return true;
        }

        return false;
    }

    private DropReason JudgeLocal(ReadOnlySpan<byte> datagram, UInt128 source, ref Fate fate)
    {
        fate.Outcome = Outcome.Consume;
        ReadOnlySpan<byte> message = datagram[fate.TransportOffset..];
        bool isEcho = !fate.IsFragment && message.Length >= IcmpHeader
            && (fate.V6 ? fate.Protocol == 58 && message[0] == 128 : fate.Protocol == 1 && message[0] == 8);
        if (!isEcho) return DropReason.None;
        ulong pseudoHeader = fate.V6 ? OnesSum.PseudoHeader(datagram[8..40], 58, message.Length) : 0;
        if (OnesSum.Of(message, pseudoHeader) != 0xffff) return DropReason.BadL4Checksum;
        int length = (fate.V6 ? 40 : 20) + message.Length;
        Answer(ReplyKind.Echo, source, length, ref fate);
        return DropReason.None;
    }

    private DropReason JudgeRoute(ReadOnlySpan<byte> datagram, UInt128 source, UInt128 destination, ref Fate fate)
    {
        if (IsLinkLocal(source, fate.V6) || IsLinkLocal(destination, fate.V6)) return DropReason.LinkLocal;
        bool v6 = fate.V6;
        if (datagram[v6 ? 7 : 8] <= 1) return Complain(DropReason.HopLimit, TimeExceeded, 0, datagram, source, ref fate);
        RouteFact? route = facts.Lookup(destination, v6);
        if (route is null) return Complain(DropReason.NoRoute, NoRoute, 0, datagram, source, ref fate);
        if (route.Ways.Length == 0) return DropReason.Blackhole;
        if (!CanResolve(route, destination, v6)) return Complain(DropReason.NoNeighbour, HostUnreachable, 0, datagram, source, ref fate);
        bool isTooLong = datagram.Length > route.MtuBytes;
        if (isTooLong && (v6 || (datagram[6] & 0x40) != 0))
            return Complain(DropReason.Mtu, TooBig, route.MtuBytes, datagram, source, ref fate);
        if (isTooLong && EndsBeyondAnyDatagram(datagram)) return DropReason.Fragment;
        fate.Outcome = Outcome.Forward;
        fate.Way = route;
        return DropReason.None;
    }

    /// <summary>A fragment of more than the longest datagram (RFC 791 §3.1): no offset could say where all its pieces belong.</summary>
    private static bool EndsBeyondAnyDatagram(ReadOnlySpan<byte> datagram) =>
        ((Big.U16(datagram, 6) & 0x1fff) * 8) + datagram.Length > 65_535;

    /// <summary>RFC 1812 §4.3.2.7, RFC 4443 §2.4 (e).</summary>
    private DropReason Complain(
        DropReason reason, in Complaint complaint, int word, ReadOnlySpan<byte> datagram, UInt128 source, ref Fate fate)
    {
        if (fate.IsIcmpError || fate.IsLaterFragment || fate.IsL2Group) return reason;
        if (!facts.TryErrorSource(fate.Ingress, fate.V6, out _)) return reason;
        (fate.ErrorType, fate.ErrorCode) = fate.V6 ? (complaint.Type6, complaint.Code6) : (complaint.Type4, complaint.Code4);
        fate.ErrorWord = (uint)word;
        int length = Math.Min(datagram.Length + IcmpHeader + (fate.V6 ? 40 : 20), fate.V6 ? MaxIpv6Error : MaxIpv4Error);
        Answer(ReplyKind.Error, source, length, ref fate);
        return reason;
    }

    /// <summary>An answer goes by the routes like anything else; to a link-local address, on the link that the question came by.</summary>
    private void Answer(ReplyKind kind, UInt128 to, int length, ref Fate fate)
    {
        fate.Reply = kind;
        RouteFact? route = IsLinkLocal(to, fate.V6) ? facts.Ports[fate.Ingress].Link : facts.Lookup(to, fate.V6);
        fate.ReplyWay = route;
        bool mayCut = !fate.V6 && kind == ReplyKind.Echo;
        fate.ReplyRefused = route is null ? DropReason.NoRoute
            : route.Ways.Length == 0 ? DropReason.Blackhole
            : !CanResolve(route, to, fate.V6) ? DropReason.NoNeighbour
            : length > route.MtuBytes && !mayCut ? DropReason.Mtu
            : DropReason.None;
    }

    private bool CanResolve(RouteFact route, UInt128 destination, bool v6)
    {
        IpAddress address = v6 ? new Ipv6Address(destination) : new Ipv4Address((uint)destination);
        bool first = facts.TryResolve(route.Ways[0], address, out _);
        foreach (Way way in route.Ways)
        {
            if (facts.TryResolve(way, address, out _) != first)
                throw new InvalidOperationException("The twin knows all neighbours of a route or none.");
        }

        return first;
    }

    private static bool IsLinkLocal(UInt128 address, bool v6) => v6 ? address >> 118 == 0xfe80 >> 6 : address >> 16 == 0xa9fe;

    private static bool IsMulticastV6(UInt128 address) => address >> 120 == 0xff;

    private static bool IsMartianV6(UInt128 address) => address <= 1 || address >> 32 == 0xffff;
}
