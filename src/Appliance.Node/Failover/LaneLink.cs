using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Failover;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>The lane and the frames that carry it. Belongs to the thread of failover.</summary>
internal sealed class LaneLink : IDisposable
{
    private readonly LanePlan _plan;
    private readonly LanePair _pair;
    private MacAddress _peerMac = MacAddress.Broadcast;                 // on the sync link; all hear us until the peer has spoken

    /// <param name="node">Whose groups the lane moves.</param>
    /// <param name="session">Of this life of the lane; never one that was there before.</param>
    public LaneLink(CarpNode node, LanePlan plan, UInt128 session, MonotonicTime now)
    {
        _plan = plan;
        bool isKey = LaneKey.TryParse(plan.Key.Reveal(), out LaneKey? key);
        Lane = new Lane(plan.Settings, isKey ? key! : throw new ArgumentException("No key of a lane.", nameof(plan)), session, now);
        HashSet<PortId> withGroups = [.. node.Settings.Groups.Select(group => group.Port)];
        ImmutableArray<PortId?> ports = [.. plan.Ports.Select(port => withGroups.Contains(port) ? port : (PortId?)null)];
        _pair = new LanePair(node, Lane, plan.Settings, ports, winsTies: plan.Own.Bits < plan.Peer.Bits);
    }

    public Lane Lane { get; }

    public LanePlan Plan => _plan;

    public MonotonicTime NextDeadline => _pair.NextDeadline;

    public MonotonicTime SleepsFrom => _pair.SleepsFrom;

    /// <summary>True: each path is to be written and sent.</summary>
    public bool Step(MonotonicTime now) => (_pair.Step(now) & LaneTurn.Beat) != LaneTurn.None;

    /// <summary>The frame of one path, untagged; answers its length.</summary>
    public int Write(int path, CarpPort port, Span<byte> frame)
    {
        IpAddress destination = path == 0 ? _plan.Peer : LaneFrames.GroupOf(port.Addresses.All(address => address.IsV6));
        IpAddress source = path == 0 ? _plan.Own : port.SourceFor(destination);
        MacAddress mac = path == 0 ? _peerMac : destination.IsV6 ? LaneFrames.Ipv6Group.GroupMac : LaneFrames.Ipv4Group.GroupMac;
        int length = _pair.Write(path, frame[LaneFrames.OffsetFor(destination)..]);
        return LaneFrames.Complete(frame, length, new LaneAddresses(port.Mac, mac, source, destination));
    }

    /// <summary>An untagged frame of a port; false: it is none of the lane's.</summary>
    public bool TryTake(PortId port, Span<byte> frame, MonotonicTime now)
    {
        int path = _plan.Ports.IndexOf(port);
        if (path < 0 || !LaneFrames.TryOpen(frame, out IpAddress destination, out Span<byte> message)) return false;
        bool isForUs = path == 0 ? destination == _plan.Own : destination == LaneFrames.GroupOf(destination.IsV6);
        if (!isForUs) return true;
        LaneHearing hearing = _pair.OnMessage(path, message, now);
        if (path == 0 && hearing != LaneHearing.Refused) _peerMac = MacAddress.Read(frame[MacAddress.Length..]);
        return true;
    }

    public void Dispose() => Lane.Dispose();
}
