using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Appliance.Engine;
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
    private const int FramesToWay = 24, FramesToPartner = 12;
    private const int AddressesAt = 12;

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

    /// <summary>Not inlined, for the registers. How far ahead of a frame its states are asked for is in frames.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Process(FrameBatch batch, ReadOnlySpan<Frame> frames, FlowTable table, in StageContext context)
    {
        // Connections, and pairs of addresses, that go the long way.
        ulong left = 0, fragments = TakeKeys(frames) ? FragmentsOf(frames) : 0;
        ReadOnlySpan<FlowHit> hits = _hits.AsSpan(0, frames.Length);
        table.Lookup(_keys.AsSpan(0, frames.Length), FlowSide.Wire, _hits.AsSpan(0, frames.Length));
        var passage = new Passage(shard, _ports, table, context.Now);
        int passed = 0;
        for (int i = -FramesToWay; i < hits.Length; i++)
        {
            if (i + FramesToWay < hits.Length && hits[i + FramesToWay] is { IsState: true } far) table.PrefetchWay(far.Index);
            if (i + FramesToPartner < 0) continue;
            if (i + FramesToPartner < hits.Length && hits[i + FramesToPartner] is { IsState: true } near)
                table.PrefetchPartner(near.Index);
            if (i < 0 || !hits[i].IsState) continue;

            ulong connection = 1UL << (ConnectionOf(hits[i].Index, table) & 63);
            bool mayPass = (left & connection) == 0 && (fragments == 0 || (fragments & PairOf(frames[i])) == 0);
            if (mayPass && passage.TryPass(frames[i], hits[i].Index))
            {
                batch.End(frames[i], Disposition.Express);
                passed++;
            }
            else
            {
                left |= connection;
            }
        }

        passage.Count();
        context.Counters.Express += passed;
    }

    /// <summary>Whether any of the frames is a fragment.</summary>
    private bool TakeKeys(ReadOnlySpan<Frame> frames)
    {
        FrameTraits all = FrameTraits.None;
        PackedFlowKey[] keys = _keys;
        for (int i = 0; i < frames.Length; i++)
        {
            keys[i] = KeyOf(frames[i]);
            all |= frames[i].Info.Traits;
        }

        return (all & FrameTraits.Fragment) != FrameTraits.None;
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
}
