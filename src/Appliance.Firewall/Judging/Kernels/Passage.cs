using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// The frames of one batch on their way through both states of their connections. All that is the same for all of them is looked up once.
/// </summary>
internal unsafe struct Passage(FirewallShard shard, PortTable ports, FlowTable table, MonotonicTime now)
{
    private const int TimeToLiveAt = 8, Ipv4ChecksumAt = 10, AddressesAt = 12, TcpChecksumAt = 16, UdpChecksumAt = 6, UdpHeader = 8;
    private const FrameTraits Plain = FrameTraits.Hashed | FrameTraits.Ports | FrameTraits.Tagged | FrameTraits.Redirected;

    private readonly uint _epoch = shard.Epoch.Number;
    private StateTally _in = new(shard, RuleDirection.In), _out = new(shard, RuleDirection.Out);

    /// <summary>
    /// Judges a frame by the state that it came in by and by its partner, and gives it what it leaves with. False: nothing has changed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPass(Frame frame, int index)
    {
        ref FrameInfo info = ref frame.Info;
        ref FlowRecord came = ref table[index];
        byte* ip = frame.Pointer + info.NetworkOffset;
        bool isKnown = IsPlain(ref info) && ExpressWay.IsKnown(ref came, info.IngressPort, _epoch) && came.Bucket == info.Bucket
            && ip[TimeToLiveAt] > 1 && info.DatagramLength <= ports[came.EgressPort].MtuBytes
            && (came.Flags & FlowFlags.LogAll) == FlowFlags.None && !table.IsExpired(index, now);
        if (!isKnown) return false;
        int other = came.Partner;
        ref FlowRecord leaves = ref table[other];
        if ((leaves.Flags & FlowFlags.LogAll) != FlowFlags.None || table.IsExpired(other, now)) return false;
        if (!TryTrack(frame, ref came, ref leaves, out StateTimeout first, out StateTimeout second)) return false;

        table.Touch(index, now, shard.SecondsOf(came, first));
        table.Touch(other, now, shard.SecondsOf(leaves, second));
        came.Count(FlowSide.Wire, 1, info.DatagramLength);
        leaves.Count(FlowSide.Stack, 1, info.DatagramLength);
        _in.Add(table, index, ref came, info.DatagramLength);
        _out.Add(table, other, ref leaves, info.DatagramLength);
        if (((came.Flags | leaves.Flags) & FlowFlags.Translated) != FlowFlags.None)
            Rewrite(ref info, ip, frame.Pointer + info.TransportOffset, came.Translation.As<ExpressWay>());
        info.EgressPort = came.EgressPort;
        info.NextHop = came.NextHop;
        return true;
    }

    /// <summary>At the end: gives the rules what their states have counted.</summary>
    public void Count()
    {
        _in.Flush(table);
        _out.Flush(table);
    }

    /// <summary>Whether a frame is of those that may go this way at all.</summary>
    private static bool IsPlain(ref FrameInfo info) =>
        (info.Traits & ~Plain) == FrameTraits.None && info.TrainFrames <= 1 && info.SegmentSize == 0
        && info.Checksum != ChecksumState.Partial;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryTrack(Frame frame, ref FlowRecord came, ref FlowRecord leaves, out StateTimeout first, out StateTimeout second)
    {
        first = second = default;
        bool cameForward = came.IsForward(FlowSide.Wire), leavesForward = leaves.IsForward(FlowSide.Stack);
        ref FrameInfo info = ref frame.Info;
        if (info.Protocol == IpProtocol.Tcp)
            return TryTrackTcp(frame, ref came, cameForward, ref leaves, leavesForward, out first, out second);
        if (info.NetworkOffset + info.DatagramLength - info.TransportOffset < UdpHeader) return false;
        ref PairTrack track = ref came.Tracker.As<PairTrack>(), otherTrack = ref leaves.Tracker.As<PairTrack>();
        track.Advance(udp: true, cameForward);
        otherTrack.Advance(udp: true, leavesForward);
        (first, second) = (track.Timeout, otherTrack.Timeout);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryTrackTcp(
        Frame frame, ref FlowRecord came, bool cameForward, ref FlowRecord leaves, bool leavesForward, out StateTimeout first,
        out StateTimeout second)
    {
        first = second = StateTimeout.TcpEstablished;
        if (!SegmentReader.TryRead(frame, out TcpSegmentFacts segment)) return false;
        ref TcpTrack track = ref came.Tracker.As<TcpTrack>();
        TcpTrack before = track;
        if (!TcpTracker.TryAdvanceEstablished(ref track, segment, cameForward)) return false;
        if (TcpTracker.TryAdvanceEstablished(ref leaves.Tracker.As<TcpTrack>(), segment, leavesForward)) return true;
        track = before;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rewrite(ref FrameInfo info, byte* ip, byte* transport, in ExpressWay way)
    {
        Unsafe.WriteUnaligned(ip + AddressesAt, way.Addresses);
        Apply((ushort*)(ip + Ipv4ChecksumAt), way.AddressDifference);
        Unsafe.WriteUnaligned(transport, way.Ports);
        if (info.Protocol == IpProtocol.Tcp)
        {
            Apply((ushort*)(transport + TcpChecksumAt), way.EndpointDifference);
            return;
        }

        ushort* checksum = (ushort*)(transport + UdpChecksumAt);
        if (*checksum == 0) return;                                     // there is none (RFC 768)
        Apply(checksum, way.EndpointDifference);
        if (*checksum == 0) *checksum = ushort.MaxValue;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(ushort* field, ushort difference) => *field = ChecksumDelta.Apply(*field, difference);
}
