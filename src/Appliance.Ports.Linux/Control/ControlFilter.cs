using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Ports.Linux;

/// <summary>
/// Tells control traffic from the rest, as a program that the kernel runs on every frame. A frame passes one of the two, the data queues'
/// or the control socket's, or both (<see cref="TrafficWay"/>). The outermost tag is not in the frame when the program runs: the kernel
/// has taken it off.
/// </summary>
internal static class ControlFilter
{
    private const int MaxInnerTags = 3;                 // beside the one beside the frame
    private const uint Everything = uint.MaxValue;
    private const uint TypeOffset = 2 * MacAddress.Length;

    /// <summary>What the control socket takes.</summary>
    public static PacketFilter Of(ControlTraffic traffic) => Write(traffic, isOfControl: true);

    /// <summary>What the data queues take: all that is not its alone.</summary>
    public static PacketFilter Except(ControlTraffic traffic) => Write(traffic, isOfControl: false);

    private static PacketFilter Write(ControlTraffic traffic, bool isOfControl)
    {
        var filter = new PacketFilter();
        int behindTags = filter.NewLabel(), yes = filter.NewLabel(), no = filter.NewLabel();
        WalkTags(filter, behindTags, no);
        filter.Set(behindTags);                         // accumulator: the type; index: where the datagram begins
        int ipv4 = filter.NewLabel(), ipv6 = filter.NewLabel();
        foreach (EtherType type in traffic.EtherTypes) filter.If(PacketFilter.JumpEqual, (uint)type, yes);
        filter.If(PacketFilter.JumpEqual, (uint)EtherType.Ipv4, ipv4);
        filter.If(PacketFilter.JumpEqual, (uint)EtherType.Ipv6, ipv6);
        filter.Go(no);
        filter.Set(ipv4);
        JudgeProtocol(filter, traffic, Ipv4View.MinHeaderLength, 9, yes, no);
        if (traffic.HasDiscovery && isOfControl) filter.If(PacketFilter.JumpEqual, (uint)IpProtocol.Igmp, yes);
        filter.Go(no);
        filter.Set(ipv6);
        JudgeProtocol(filter, traffic, Ipv6View.HeaderLength + 1, 6, yes, no);
        if (traffic.HasDiscovery) JudgeDiscovery(filter, isOfControl, yes, no);
        else filter.Go(no);
        filter.Set(yes);
        filter.Do(PacketFilter.Return, isOfControl ? Everything : 0);
        filter.Set(no);
        filter.Do(PacketFilter.Return, isOfControl ? 0 : Everything);
        return filter;
    }

    /// <summary>Accumulator: the protocol. Falls through where it is of it.</summary>
    private static void JudgeDiscovery(PacketFilter filter, bool isOfControl, int yes, int no)
    {
        int options = filter.NewLabel();
        filter.If(PacketFilter.JumpEqual, (uint)IpProtocol.HopByHop, isOfControl ? options : no);
        filter.Unless(PacketFilter.JumpEqual, (uint)IpProtocol.Icmpv6, no);
        filter.Do(PacketFilter.LoadByteIndexed, Ipv6View.HeaderLength);
        uint first = isOfControl ? ControlTraffic.FirstOfRouters : ControlTraffic.FirstOfNeighbours;
        filter.Unless(PacketFilter.JumpAtLeast, first, no);
        filter.If(PacketFilter.JumpAtLeast, ControlTraffic.LastDiscovery + 1u, no);
        if (!isOfControl) return;
        filter.Go(yes);
        filter.Set(options);
        filter.Do(PacketFilter.LoadLength, 0);
        filter.Do(PacketFilter.SubtractIndex, 0);
        filter.Unless(PacketFilter.JumpAtLeast, ControlTraffic.GroupQueryAt + 1u, no);
        filter.Do(PacketFilter.LoadByteIndexed, ControlTraffic.InnerProtocolAt);
        filter.Unless(PacketFilter.JumpEqual, (uint)IpProtocol.Icmpv6, no);
        filter.Do(PacketFilter.LoadByteIndexed, ControlTraffic.GroupQueryAt);
        filter.Unless(PacketFilter.JumpEqual, (uint)Icmpv6Type.MulticastListenerQuery, no);
    }

    /// <summary>A load behind the frame's end would end the program, so every one is preceded by a look at the length.</summary>
    private static void WalkTags(PacketFilter filter, int behindTags, int no)
    {
        for (uint tags = 0; tags <= MaxInnerTags; tags++)
        {
            uint at = TypeOffset + (tags * VlanTagView.HeaderLength);
            int tagged = filter.NewLabel();
            filter.Do(PacketFilter.LoadLength, 0);
            filter.Unless(PacketFilter.JumpAtLeast, at + sizeof(ushort), no);
            filter.Do(PacketFilter.LoadHalf, at);
            filter.If(PacketFilter.JumpEqual, (uint)EtherType.Vlan, tagged);
            filter.If(PacketFilter.JumpEqual, (uint)EtherType.ServiceVlan, tagged);
            filter.Do(PacketFilter.LoadIndex, at + sizeof(ushort));
            filter.Go(behindTags);
            filter.Set(tagged);
        }

        filter.Go(no);
    }

    private static void JudgeProtocol(PacketFilter filter, ControlTraffic traffic, uint length, uint field, int yes, int no)
    {
        filter.Do(PacketFilter.LoadLength, 0);
        filter.Do(PacketFilter.SubtractIndex, 0);
        filter.Unless(PacketFilter.JumpAtLeast, length, no);
        filter.Do(PacketFilter.LoadByteIndexed, field);
        foreach (IpProtocol protocol in traffic.Protocols) filter.If(PacketFilter.JumpEqual, (uint)protocol, yes);
    }
}
