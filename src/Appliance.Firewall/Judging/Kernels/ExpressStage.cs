using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// The short way of established connections: a TCP or UDP frame over IPv4 whose connection has a state at both places, and the way between
/// them known from an earlier frame, is judged by both states and rewritten here, at once, and only the last stages remain. It is what the
/// long way would do, to the frame, to the states and to every counter; a frame of which this is not certain is left to the long way
/// untouched, and so are the later ones of its flow in the batch.
/// </summary>
public sealed unsafe class ExpressStage(FirewallShard shard, PortTable ports) : IStageOf<PortTable>
{
    private const int MaxFrames = FrameBatch.DefaultCapacity;
    private const int TimeToLiveAt = 8, Ipv4ChecksumAt = 10, AddressesAt = 12, TcpChecksumAt = 16, UdpChecksumAt = 6, UdpHeader = 8;
    private const FrameTraits Plain = FrameTraits.Hashed | FrameTraits.Ports | FrameTraits.Tagged | FrameTraits.Redirected;

    private readonly PackedFlowKey[] _keys = new PackedFlowKey[MaxFrames];
    private readonly FlowHit[] _hits = new FlowHit[MaxFrames];
    private PortTable _ports = ports;

    public string Name => "express";

    public void Adopt(PortTable model) => _ports = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        // What a trace explains, it explains of the long way.
        if (context.Trace is not null || !shard.Model.IsOn || shard.Tables.IsCounting) return;
        if (shard.Table is not { } table || table.Count == 0) return;
        for (int from = 0; from < batch.Count; from += MaxFrames)
            Process(batch, batch.Frames.Slice(from, Math.Min(MaxFrames, batch.Count - from)), table, context);
    }

    private void Process(FrameBatch batch, ReadOnlySpan<Frame> frames, FlowTable table, in StageContext context)
    {
        for (int i = 0; i < frames.Length; i++) _keys[i] = KeyOf(frames[i]);
        Span<FlowHit> hits = _hits.AsSpan(0, frames.Length);
        table.Lookup(_keys.AsSpan(0, frames.Length), FlowSide.Wire, hits);
        table.Prefetch(hits);
        uint epoch = shard.Epoch.Number;
        for (int i = 0; i < hits.Length; i++)
        {
            if (hits[i].IsState) table.Prefetch(table[hits[i].Index].Partner);
        }

        ulong left = 0, fragments = FragmentsOf(frames);               // connections, and pairs of addresses, that go the long way
        for (int i = 0; i < frames.Length; i++)
        {
            if (!hits[i].IsState) continue;
            ulong connection = 1UL << (ConnectionOf(hits[i].Index, table) & 63);
            bool mayPass = (left & connection) == 0 && (fragments == 0 || (fragments & PairOf(frames[i])) == 0);
            if (mayPass && TryPass(frames[i], hits[i].Index, table, epoch, context)) batch.End(frames[i], Disposition.Express);
            else left |= connection;
        }
    }

    /// <summary>One number for both directions: what one of them does may decide what becomes of the other.</summary>
    private static int ConnectionOf(int index, FlowTable table)
    {
        int partner = table[index].Partner;
        return partner == FlowRecord.Nobody ? index : Math.Min(index, partner);
    }

    /// <summary>Fragments never go the short way, and no frame between the same hosts may overtake them.</summary>
    private static ulong FragmentsOf(ReadOnlySpan<Frame> frames)
    {
        ulong pairs = 0;
        foreach (Frame frame in frames)
        {
            bool isFragment = (frame.Info.Traits & FrameTraits.Fragment) != FrameTraits.None;
            if (isFragment && frame.Info.Network == NetworkKind.Ipv4) pairs |= PairOf(frame);
        }

        return pairs;
    }

    private static ulong PairOf(Frame frame)
    {
        ulong addresses = Unsafe.ReadUnaligned<ulong>(frame.Pointer + frame.Info.NetworkOffset + AddressesAt);
        uint both = (uint)addresses ^ (uint)(addresses >> 32);
        return 1UL << (int)((both * 0x9e37_79b9) >> 26);
    }

    /// <summary>Whether a frame is of those that may go this way at all.</summary>
    private static bool IsPlain(ref FrameInfo info) =>
        (info.Traits & ~Plain) == FrameTraits.None && info.TrainFrames <= 1 && info.SegmentSize == 0
        && info.Checksum != ChecksumState.Partial;

    /// <summary>The key of a frame that a connection may be known of; of any other, one that no state has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PackedFlowKey KeyOf(Frame frame)
    {
        ref FrameInfo info = ref frame.Info;
        bool hasKey = info.Network == NetworkKind.Ipv4 && info.Protocol is IpProtocol.Tcp or IpProtocol.Udp
            && (info.Traits & (FrameTraits.Fragment | FrameTraits.Ports)) == FrameTraits.Ports;
        if (!hasKey) return default;
        ulong addresses = BinaryPrimitives.ReverseEndianness(
            Unsafe.ReadUnaligned<ulong>(frame.Pointer + info.NetworkOffset + AddressesAt));
        return PackedFlowKey.OfIpv4(
            info.Protocol, (uint)(addresses >> 32), info.SourcePort, (uint)addresses, info.DestinationPort, info.IngressPort);
    }

    /// <summary>False: nothing has changed.</summary>
    private bool TryPass(Frame frame, int index, FlowTable table, uint epoch, in StageContext context)
    {
        ref FrameInfo info = ref frame.Info;
        ref FlowRecord came = ref table[index];
        byte* ip = frame.Pointer + info.NetworkOffset;
        bool isKnown = IsPlain(ref info) && ExpressWay.IsKnown(ref came, info.IngressPort, epoch) && came.Bucket == info.Bucket
            && ip[TimeToLiveAt] > 1 && info.DatagramLength <= _ports[came.EgressPort].MtuBytes
            && (came.Flags & FlowFlags.LogAll) == FlowFlags.None && !table.IsExpired(index, context.Now);
        if (!isKnown) return false;
        int other = came.Partner;
        ref FlowRecord leaves = ref table[other];
        if ((leaves.Flags & FlowFlags.LogAll) != FlowFlags.None || table.IsExpired(other, context.Now)) return false;
        if (!TryTrack(frame, ref came, ref leaves, out StateTimeout first, out StateTimeout second)) return false;

        table.Touch(index, context.Now, shard.SecondsOf(came, first));
        table.Touch(other, context.Now, shard.SecondsOf(leaves, second));
        Count(ref came, FlowSide.Wire, RuleDirection.In, info.DatagramLength);
        Count(ref leaves, FlowSide.Stack, RuleDirection.Out, info.DatagramLength);
        if (((came.Flags | leaves.Flags) & FlowFlags.Translated) != FlowFlags.None) Rewrite(frame, ip, came.Translation.As<ExpressWay>());
        info.EgressPort = came.EgressPort;
        info.NextHop = came.NextHop;
        context.Counters.Express++;
        return true;
    }

    private static bool TryTrack(Frame frame, ref FlowRecord came, ref FlowRecord leaves, out StateTimeout first, out StateTimeout second)
    {
        first = second = default;
        bool cameForward = came.IsForward(FlowSide.Wire), leavesForward = leaves.IsForward(FlowSide.Stack);
        if (frame.Info.Protocol == IpProtocol.Tcp)
            return TryTrackTcp(frame, ref came, cameForward, ref leaves, leavesForward, out first, out second);
        if (frame.Info.NetworkOffset + frame.Info.DatagramLength - frame.Info.TransportOffset < UdpHeader) return false;
        ref PairTrack track = ref came.Tracker.As<PairTrack>(), otherTrack = ref leaves.Tracker.As<PairTrack>();
        track.Advance(udp: true, cameForward);
        otherTrack.Advance(udp: true, leavesForward);
        (first, second) = (track.Timeout, otherTrack.Timeout);
        return true;
    }

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
    private void Count(ref FlowRecord state, FlowSide side, RuleDirection direction, int bytes)
    {
        state.Count(side, 1, bytes);
        if (state.Ruleset == shard.Generation) shard.CountOfState(state, direction, 1, bytes);
    }

    private static void Rewrite(Frame frame, byte* ip, in ExpressWay way)
    {
        ref FrameInfo info = ref frame.Info;
        byte* transport = frame.Pointer + info.TransportOffset;
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
