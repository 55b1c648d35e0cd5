using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// The frames of one batch on their way through both states of their connections. All that is the same for all of them is looked up once.
/// </summary>
internal unsafe struct Passage(FirewallShard shard, PortTable ports, FlowTable table, MonotonicTime now)
{
    private const int TimeToLiveAt = 8, Ipv4ChecksumAt = 10, AddressesAt = 12, TcpChecksumAt = 16, UdpChecksumAt = 6, UdpHeader = 8;
    private const FrameTraits Other = ~(FrameTraits.Hashed | FrameTraits.Ports | FrameTraits.Tagged | FrameTraits.Redirected);
    private const uint TrackBits = 0xff_ffff;       // of the four bytes from a PairTrack on

    private readonly FlowRecord* _states = table.Records.Pointer;
    private readonly StateTimeouts _timeouts = shard.Model.Timeouts;
    private readonly uint _epoch = shard.Epoch.Number;
    private readonly ExpiryBound _bound = table.BoundAt(now);
    private PairTally _tally = new(shard);
    private int _egress = -1, _mtuBytes;            // of the port that the latest frame leaves by

    /// <summary>
    /// Goes on from <paramref name="at"/>, as long as frames have no state here or are datagrams that change nothing but counters and
    /// times, and marks these; then that is the place of the first that is neither, or the end. It does what <see cref="TryPass"/> would,
    /// and calls nothing, so that the JIT keeps nearly all of it in registers: whoever has to be called ends it.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void PassSteady(
        ReadOnlySpan<Frame> frames, ref int at, FlowRecord** came, FlowRecord** leaves, FlowRecord* nobody, ref int passed)
    {
        ExpiryBound bound = _bound;
        long total = 0;
        uint epoch = _epoch;
        int i = at, count = 0, egress = _egress, mtuBytes = _mtuBytes;
        Vector128<uint> cameRules = _tally.CameRules, leavesRules = _tally.LeavesRules;
        for (; i < frames.Length; i++)
        {
            FlowRecord* state = came[i], partner = leaves[i];
            if (state == nobody) continue;
            Frame frame = frames[i];
            ref FrameInfo info = ref frame.Info;
            var way = (ExpressWay*)&state->Translation;
            byte* first = frame.Pointer, ip = first + info.NetworkOffset, transport = first + info.TransportOffset;
            int bytes = info.DatagramLength;
            if (state->NextHopGeneration != epoch || way->IngressPort != info.IngressPort || state->HomeBucket != info.Bucket) break;
            if (!IsPlain(ref info) || info.Protocol != IpProtocol.Udp || ip[TimeToLiveAt] <= 1) break;
            if (state->EgressPort != egress || bytes > mtuBytes || ip + bytes - transport < UdpHeader) break;
            if (!bound.IsAlive(*state) || !bound.IsAlive(*partner)) break;
            if (!IsSteady(way, state, partner)) break;
            if (!PairTally.IsAlike(state, partner, cameRules, leavesRules)) break;

            state->LastSeen = partner->LastSeen = now;
            Count(state, way->CameForward, bytes);
            Count(partner, way->LeavesForward, bytes);
            if (way->IsTranslated) Rewrite(isTcp: false, ip, transport, way);
            Leave(ref info, state);
            total += bytes;
            count++;
        }

        at = i;
        passed += count;
        _tally.AddAlike(count, total);
    }

    /// <summary>
    /// Judges a frame by the state that it came in by and by its partner, gives it what it leaves with and marks it. False: nothing has
    /// changed.
    /// </summary>
    public bool TryPass(Frame frame, FlowRecord* came, FlowRecord* leaves)
    {
        ref FrameInfo info = ref frame.Info;
        var way = (ExpressWay*)&came->Translation;
        byte* ip = frame.Pointer + info.NetworkOffset, transport = frame.Pointer + info.TransportOffset;
        int bytes = info.DatagramLength;
        bool isTcp = info.Protocol == IpProtocol.Tcp;
        if (came->NextHopGeneration != _epoch || way->IngressPort != info.IngressPort || came->HomeBucket != info.Bucket) return false;
        if (!IsPlain(ref info) || ip[TimeToLiveAt] <= 1 || bytes > MtuOf(came->EgressPort)) return false;
        if (IsExpired(came) || IsExpired(leaves)) return false;
        if (!isTcp && ip + bytes - transport < UdpHeader) return false;
        if (isTcp && !TryTrackTcp(frame, way, came, leaves)) return false;
        if (!isTcp) TrackUdp(way, came, leaves);

        Count(came, way->CameForward, bytes);
        Count(leaves, way->LeavesForward, bytes);
        _tally.Add(came, leaves, bytes);
        if (way->IsTranslated) Rewrite(isTcp, ip, transport, way);
        Leave(ref info, came);
        return true;
    }

    /// <summary>At the end: gives the rules what their states have counted.</summary>
    public void Finish() => _tally.Flush();

    /// <summary>Whether a frame is of those that may go this way at all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlain(ref FrameInfo info) =>
        (info.Traits & Other) == FrameTraits.None && info.TrainFrames <= 1 && info.SegmentSize == 0
        && info.Checksum != ChecksumState.Partial;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int MtuOf(int egress)
    {
        if (egress != _egress) (_egress, _mtuBytes) = (egress, ports[egress].MtuBytes);
        return _mtuBytes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool IsExpired(FlowRecord* state) =>
        !_bound.IsAlive(*state) && (state->PartnerIndex == FlowRecord.Nobody || table.IsExpired((int)(state - _states), now));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Touch(FlowRecord* state, StateTimeout timeout)
    {
        uint seconds = state->RuleAccount == 0 ? (uint)_timeouts[timeout] : shard.SecondsOf(*state, timeout);
        if (state->Timeout == seconds) state->LastSeen = now;
        else table.Touch((int)(state - _states), now, seconds);
    }

    /// <summary>Packets and bytes of a direction stand side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Count(FlowRecord* state, bool forward, int bytes)
    {
        ulong* counters = forward ? &state->ForwardPackets : &state->ReversePackets;
        (Vector128.Load(counters) + Vector128.Create(1UL, (ulong)bytes)).Store(counters);
    }

    /// <summary>
    /// Most datagrams find both trackers as the one before left them, and that one changed neither them nor the states' timeouts: as long
    /// as the way holds, neither does the next one. The way remembers that.
    /// </summary>
    private readonly void TrackUdp(ExpressWay* way, FlowRecord* came, FlowRecord* leaves)
    {
        if (IsSteady(way, came, leaves))
        {
            came->LastSeen = leaves->LastSeen = now;
            return;
        }

        PairTrack cameBefore = came->Pair, leavesBefore = leaves->Pair;
        came->Pair.Advance(udp: true, way->CameForward);
        leaves->Pair.Advance(udp: true, way->LeavesForward);
        Touch(came, came->Pair.Timeout);
        Touch(leaves, leaves->Pair.Timeout);
        (way->CameSteady, way->LeavesSteady) = (cameBefore, leavesBefore);
        if (!IsSteady(way, came, leaves)) way->CameSteady = way->LeavesSteady = default;
    }

    /// <summary>Whether both trackers are as the way remembers them. None is all zero: who made the state has sent something.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSteady(ExpressWay* way, FlowRecord* came, FlowRecord* leaves) =>
        (((Raw(&came->Pair) ^ Raw(&way->CameSteady)) | (Raw(&leaves->Pair) ^ Raw(&way->LeavesSteady))) & TrackBits) == 0;

    /// <summary>In one load: there is a byte behind each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Raw(PairTrack* track) => Unsafe.ReadUnaligned<uint>(track);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Leave(ref FrameInfo info, FlowRecord* came)
    {
        info.EgressPort = came->EgressPort;
        info.NextHop = came->NextHop;
        info.Disposition = Disposition.Express;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly bool TryTrackTcp(Frame frame, ExpressWay* way, FlowRecord* came, FlowRecord* leaves)
    {
        if (!SegmentReader.TryRead(frame, out TcpSegmentFacts segment)) return false;
        var track = (TcpTrack*)&came->Tracker;
        var otherTrack = (TcpTrack*)&leaves->Tracker;
        TcpPeer* source = way->CameForward ? &track->Initiator : &track->Responder;
        TcpPeer* peer = way->CameForward ? &track->Responder : &track->Initiator;
        TcpPeer* otherSource = way->LeavesForward ? &otherTrack->Initiator : &otherTrack->Responder;
        TcpPeer* otherPeer = way->LeavesForward ? &otherTrack->Responder : &otherTrack->Initiator;
        if (!EstablishedTracker.Accepts(*source, *peer, segment)) return false;
        if (!EstablishedTracker.Accepts(*otherSource, *otherPeer, segment)) return false;
        EstablishedTracker.Take(ref *track, ref *source, ref *peer, segment);
        EstablishedTracker.Take(ref *otherTrack, ref *otherSource, ref *otherPeer, segment);
        Touch(came, StateTimeout.TcpEstablished);
        Touch(leaves, StateTimeout.TcpEstablished);
        return true;
    }

    /// <summary>
    /// Both checksums at once, one in each half: RFC 1624 (3) as <see cref="Wire.Checksums.ChecksumDelta"/> has it, with 0xffff more, which
    /// keeps the sum from being +0. Three numbers of 16 bits need no more than two folds.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rewrite(bool isTcp, byte* ip, byte* transport, ExpressWay* way)
    {
        const ulong Halves = 0x0000_ffff_0000_ffff;
        ushort* ofIp = (ushort*)(ip + Ipv4ChecksumAt), ofTransport = (ushort*)(transport + (isTcp ? TcpChecksumAt : UdpChecksumAt));
        ulong before = *ofTransport;
        ulong sums = (*ofIp | (before << 32)) ^ Halves;
        sums += way->AddressDifference + ((ulong)way->EndpointDifference << 32) + Halves;
        sums = (sums & Halves) + ((sums >> 16) & Halves);
        sums = ~(sums + ((sums >> 16) & Halves));
        Unsafe.WriteUnaligned(ip + AddressesAt, way->Addresses);
        Unsafe.WriteUnaligned(transport, way->Ports);
        *ofIp = (ushort)sums;
        ushort after = (ushort)(sums >> 32);
        if (isTcp) *ofTransport = after;
        else if (before != 0) *ofTransport = after == 0 ? ushort.MaxValue : after;      // 0: there is none (RFC 768)
    }
}
