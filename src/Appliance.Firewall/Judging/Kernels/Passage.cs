using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// The frames of one batch on their way through both states of their connections. All that is the same for all of them is looked up once.
/// </summary>
internal unsafe struct Passage(FirewallShard shard, PortTable ports, FlowTable table, MonotonicTime now)
{
    private const int TimeToLiveAt = 8, Ipv4ChecksumAt = 10, AddressesAt = 12, TcpChecksumAt = 16, UdpLengthAt = 4, UdpChecksumAt = 6;
    private const int Ipv4Header = 20, UdpHeader = 8;
    private const int FramesAhead = 8;              // whose headers are asked for: the states have driven them out
    private const FrameTraits Other = ~(FrameTraits.Hashed | FrameTraits.Ports | FrameTraits.Tagged | FrameTraits.Redirected);
    private const uint TrackBits = 0xff_ffff;       // of the four bytes from a PairTrack on

    private readonly FlowRecord* _states = table.Records.Pointer;
    private readonly StateTimeouts _timeouts = shard.Model.Timeouts;
    private readonly ulong _epoch = (ulong)shard.Epoch.Number << 32;
    private readonly ExpiryBound _bound = table.BoundAt(now);
    private PairTally _tally = new(shard);
    private int _egress = -1;                       // that the latest frame left by
    private uint _roomBytes;                        // that it leaves to a datagram behind headers of IPv4 and UDP

    /// <summary>
    /// Goes on from <paramref name="at"/>, as long as frames have no state here or are datagrams that change nothing but counters and
    /// times, and marks these; then that is the place of the first that is neither, or the end. It does what <see cref="TryPass"/> would,
    /// and calls nothing, and what is the same for all frames is compared where it stands in memory, so that what belongs to the frame
    /// has the registers: whoever has to be called ends it.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void PassSteady(
        ReadOnlySpan<Frame> frames, ref int at, FlowRecord** came, FlowRecord** leaves, ref int passed)
    {
        ref Frame first = ref MemoryMarshal.GetReference(frames);
        long total = 0;
        nint i = at, last = frames.Length - 1;
        for (; i <= last; i++)
        {
            FlowRecord* state = came[i], partner = leaves[i];
            Unsafe.Add(ref first, Math.Min(i + FramesAhead, last)).PrefetchHeader();
            ref FrameInfo info = ref Unsafe.Add(ref first, i).Info;
            if (!IsOnWay(state, ref info) || !IsPlain(ref info) || info.Protocol != IpProtocol.Udp) break;
            int bytes = info.DatagramLength;
            if (state->EgressPort != _egress || (uint)(bytes - Ipv4Header - UdpHeader) > _roomBytes) break;
            byte* ip = Unsafe.Add(ref first, i).Pointer + info.NetworkOffset;
            if (ip[TimeToLiveAt] <= 1 || !FillsDatagram(ip, bytes) || !_bound.IsAlive(*state) || !_bound.IsAlive(*partner)) break;
            if (!IsSteady(state, partner) || !_tally.IsAlike(state, partner)) break;

            state->LastSeen = partner->LastSeen = now;
            Count(state, state->Express.CameCounters, bytes);
            Count(partner, state->Express.LeavesCounters, bytes);
            if (state->Express.IsTranslated) Rewrite(isTcp: false, ip, state);
            Leave(ref info, state);
            total += bytes;
        }

        int count = (int)i - at;
        at = (int)i;
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
        byte* ip = frame.Pointer + info.NetworkOffset;
        int bytes = info.DatagramLength;
        bool isTcp = info.Protocol == IpProtocol.Tcp;
        if (!IsOnWay(came, ref info) || !IsPlain(ref info)) return false;
        if (ip[TimeToLiveAt] <= 1 || !Fits(bytes, came->EgressPort)) return false;
        if (IsExpired(came) || IsExpired(leaves)) return false;
        if (!isTcp && !FillsDatagram(ip, bytes)) return false;
        if (isTcp && !TryTrackTcp(frame, came, leaves)) return false;
        if (!isTcp) TrackUdp(came, leaves);

        Count(came, came->Express.CameCounters, bytes);
        Count(leaves, came->Express.LeavesCounters, bytes);
        _tally.Add(came, leaves, bytes);
        if (came->Express.IsTranslated) Rewrite(isTcp, ip, came);
        Leave(ref info, came);
        return true;
    }

    /// <summary>At the end: gives the rules what their states have counted.</summary>
    public void Finish() => _tally.Flush();

    /// <summary>Whether a state's way holds for a frame: found in this epoch, for frames that come in like this one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly bool IsOnWay(FlowRecord* came, ref FrameInfo info) =>
        *(ulong*)&came->HomeBucket == (Unsafe.As<ushort, uint>(ref info.Bucket) | _epoch);

    /// <summary>Whether a frame is of those that may go this way at all; its transport header is right behind 20 bytes of IPv4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsPlain(ref FrameInfo info) =>
        (info.Traits & Other) == FrameTraits.None && info.TrainFrames <= 1 && info.SegmentSize == 0
        && info.Checksum != ChecksumState.Partial;

    /// <summary>Whether a datagram has a whole header of UDP, or of TCP as far as that is not longer, and the port takes it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Fits(int bytes, int egress)
    {
        if (egress != _egress) (_egress, _roomBytes) = (egress, RoomOf(ports[egress].MtuBytes));
        return (uint)(bytes - Ipv4Header - UdpHeader) <= _roomBytes;
    }

    /// <summary>Whether UDP's length is what IPv4 leaves it: any other is looked at more closely.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool FillsDatagram(byte* ip, int bytes) =>
        Unsafe.ReadUnaligned<ushort>(ip + Ipv4Header + UdpLengthAt) == BinaryPrimitives.ReverseEndianness((ushort)(bytes - Ipv4Header));

    private static uint RoomOf(int mtuBytes) => (uint)Math.Max(0, mtuBytes - Ipv4Header - UdpHeader);

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
    private static void Count(FlowRecord* state, byte at, int bytes)
    {
        var counters = (ulong*)((byte*)state + at);
        counters[0]++;
        counters[1] += (uint)bytes;
    }

    /// <summary>
    /// Most datagrams find both trackers as the one before left them, and that one changed neither them nor the states' timeouts: as long
    /// as the way holds, neither does the next one. The way remembers that.
    /// </summary>
    private readonly void TrackUdp(FlowRecord* came, FlowRecord* leaves)
    {
        if (IsSteady(came, leaves))
        {
            came->LastSeen = leaves->LastSeen = now;
            return;
        }

        ref ExpressWay way = ref came->Express;
        PairTrack cameBefore = came->Pair, leavesBefore = leaves->Pair;
        came->Pair.Advance(udp: true, way.CameForward);
        leaves->Pair.Advance(udp: true, way.LeavesForward);
        if (shard.IsTelling) Note(came, leaves, cameBefore, leavesBefore);
        Touch(came, came->Pair.Timeout);
        Touch(leaves, leaves->Pair.Timeout);
        (way.CameSteady, way.LeavesSteady) = (cameBefore, leavesBefore);
        if (!IsSteady(came, leaves)) way.CameSteady = way.LeavesSteady = default;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Note(FlowRecord* came, FlowRecord* leaves, PairTrack cameBefore, PairTrack leavesBefore)
    {
        if (((Raw(&came->Pair) ^ Raw(&cameBefore)) & TrackBits) != 0) shard.Note((int)(came - _states));
        if (((Raw(&leaves->Pair) ^ Raw(&leavesBefore)) & TrackBits) != 0) shard.Note((int)(leaves - _states));
    }

    /// <summary>Whether both trackers are as the way remembers them. None is all zero: who made the state has sent something.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSteady(FlowRecord* came, FlowRecord* leaves) =>
        (((Raw(&came->Pair) ^ Raw(&came->Express.CameSteady)) | (Raw(&leaves->Pair) ^ Raw(&came->Express.LeavesSteady))) & TrackBits) == 0;

    /// <summary>In one load: there is a byte behind each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Raw(PairTrack* track) => Unsafe.ReadUnaligned<uint>(track);

    /// <summary>Port, disposition and no reason to drop it stand side by side and are written at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Leave(ref FrameInfo info, FlowRecord* came)
    {
        Unsafe.As<ushort, uint>(ref info.EgressPort) = came->EgressPort | ((uint)Disposition.Express << 16);
        info.NextHop = came->NextHop;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly bool TryTrackTcp(Frame frame, FlowRecord* came, FlowRecord* leaves)
    {
        if (!SegmentReader.TryRead(frame, out TcpSegmentFacts segment)) return false;
        var track = (TcpTrack*)&came->Tracker;
        var otherTrack = (TcpTrack*)&leaves->Tracker;
        bool cameForward = came->Express.CameForward, leavesForward = came->Express.LeavesForward;
        TcpPeer* source = cameForward ? &track->Initiator : &track->Responder;
        TcpPeer* peer = cameForward ? &track->Responder : &track->Initiator;
        TcpPeer* otherSource = leavesForward ? &otherTrack->Initiator : &otherTrack->Responder;
        TcpPeer* otherPeer = leavesForward ? &otherTrack->Responder : &otherTrack->Initiator;
        if (!EstablishedTracker.Accepts(*source, *peer, segment)) return false;
        if (!EstablishedTracker.Accepts(*otherSource, *otherPeer, segment)) return false;
        EstablishedTracker.Take(ref *track, ref *source, ref *peer, segment);
        EstablishedTracker.Take(ref *otherTrack, ref *otherSource, ref *otherPeer, segment);
        Touch(came, StateTimeout.TcpEstablished);
        Touch(leaves, StateTimeout.TcpEstablished);
        return true;
    }

    /// <summary>Other endpoints, and both checksums by their difference.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rewrite(bool isTcp, byte* ip, FlowRecord* came)
    {
        ushort* ofIp = (ushort*)(ip + Ipv4ChecksumAt), ofTransport = (ushort*)(ip + Ipv4Header + (isTcp ? TcpChecksumAt : UdpChecksumAt));
        *ofIp = ChecksumDelta.ApplyFolded(*ofIp, came->Express.AddressDifference);
        ushort before = *ofTransport, after = ChecksumDelta.ApplyFolded(before, came->Express.EndpointDifference);
        Unsafe.WriteUnaligned(ip + AddressesAt, came->Express.Addresses);
        Unsafe.WriteUnaligned(ip + Ipv4Header, came->Express.Ports);
        if (isTcp) *ofTransport = after;
        else if (before != 0) *ofTransport = InternetChecksum.ZeroAsAllOnes(after);     // 0: there is none (RFC 768)
    }
}
