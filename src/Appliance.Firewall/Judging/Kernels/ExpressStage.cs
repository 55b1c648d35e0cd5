using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
    private const int AddressesAt = 12;
    private const uint TcpOverIpv4 = (uint)NetworkKind.Ipv4 | ((uint)IpProtocol.Tcp << 8);
    private const uint UdpOverIpv4 = (uint)NetworkKind.Ipv4 | ((uint)IpProtocol.Udp << 8);

    private readonly PackedFlowKey[] _keys = new PackedFlowKey[MaxFrames];
    private readonly StatePairs _pairs = new();
    private PortTable _ports = ports;

    public string Name => "express";

    public void Adopt(PortTable model) => _ports = model;

    public void Process(FrameBatch batch, in StageContext context)
    {
        if (!BitConverter.IsLittleEndian) return;                       // fields that lie side by side are compared and written as one
        // What a trace explains, it explains of the long way.
        if (context.Trace is not null || !shard.Model.IsOn || shard.Tables.IsCounting) return;
        if (shard.Table is not { } table || table.Count == 0) return;
        for (int from = 0; from < batch.Count; from += MaxFrames)
            Process(batch, batch.Frames.Slice(from, Math.Min(MaxFrames, batch.Count - from)), table, context);
    }

    private void Process(FrameBatch batch, ReadOnlySpan<Frame> frames, FlowTable table, in StageContext context)
    {
        bool hasSegments = (batch.Facts & BatchFacts.NoSegments) == BatchFacts.None;
        ulong fragments = 0;
        if ((batch.Facts & BatchFacts.PlainIpv4) != BatchFacts.None) TakePlainKeys(frames, _keys);
        else fragments = TakeKeys(frames, _keys, out hasSegments) ? FragmentsOf(frames) : 0;
        table.Lookup(_keys.AsSpan(0, frames.Length), FlowSide.Wire, _pairs.Hits);
        _pairs.Ask(table.Records.Pointer, frames.Length, hasSegments);
        var passage = new Passage(shard, _ports, table, context.Now);
        int passed = Pass(frames, fragments, ref passage);
        passage.Finish();
        batch.NoteEnded(passed);
        context.Counters.Express += passed;
    }

    /// <summary>Marks those that pass and answers how many.</summary>
    private int Pass(ReadOnlySpan<Frame> frames, ulong fragments, ref Passage passage)
    {
        FlowRecord** came = _pairs.Came, leaves = _pairs.Leaves;
        FlowRecord* nobody = _pairs.Nobody;
        int passed = 0;
        ulong left = 0;                                                 // connections that go the long way
        for (int i = 0; i < frames.Length; i++)
        {
            if ((left | fragments) == 0 && frames[i].Info.Protocol != IpProtocol.Tcp)
                passage.PassSteady(frames, ref i, came, leaves, ref passed);
            if (i == frames.Length) break;
            if (came[i] == nobody) continue;
            ulong connection = Bit(came[i], leaves[i] == nobody ? came[i] : leaves[i]);
            if (MayPass(frames[i], connection, left, fragments) && passage.TryPass(frames[i], came[i], leaves[i])) passed++;
            else left |= connection;
        }

        return passed;
    }

    private static bool MayPass(Frame frame, ulong connection, ulong left, ulong fragments) =>
        (left & connection) == 0 && (fragments == 0 || (fragments & PairOf(frame)) == 0);

    /// <summary>One bit for both directions: what one of them does may decide what becomes of the other.</summary>
    private static ulong Bit(FlowRecord* one, FlowRecord* other) => 1UL << (int)((nuint)Math.Min((nuint)one, (nuint)other) / 64 & 63);

    /// <summary>Whether any of the frames is a fragment, and whether any may be TCP. Not inlined: the loop needs the registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TakeKeys(ReadOnlySpan<Frame> frames, PackedFlowKey[] keys, out bool hasSegments)
    {
        ref Frame first = ref MemoryMarshal.GetReference(frames);
        ref PackedFlowKey key = ref MemoryMarshal.GetArrayDataReference(keys);      // as many as a batch has frames
        FrameTraits all = FrameTraits.None;
        uint kinds = 0;
        for (int i = 0; i < frames.Length; i++)
        {
            Frame frame = Unsafe.Add(ref first, i);
            all |= frame.Info.Traits;
            kinds |= KindOf(ref frame.Info);
            TakeKey(frame, ref Unsafe.Add(ref key, i));
        }

        hasSegments = (kinds & TcpOverIpv4 & ~UdpOverIpv4) != 0;
        return (all & FrameTraits.Fragment) != FrameTraits.None;
    }

    /// <summary>The same where all are plain. Not inlined: the loop needs the registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TakePlainKeys(ReadOnlySpan<Frame> frames, PackedFlowKey[] keys)
    {
        ref Frame first = ref MemoryMarshal.GetReference(frames);
        ref PackedFlowKey key = ref MemoryMarshal.GetArrayDataReference(keys);      // as many as a batch has frames
        for (int i = 0; i < frames.Length; i++)
        {
            Frame frame = Unsafe.Add(ref first, i);
            TakePlain(frame.Pointer + frame.Info.NetworkOffset + AddressesAt, ref frame.Info, ref Unsafe.Add(ref key, i));
        }
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
    private static void TakeKey(Frame frame, ref PackedFlowKey key)
    {
        ref FrameInfo info = ref frame.Info;
        bool isPlain = (info.Traits & (FrameTraits.Fragment | FrameTraits.Ports | FrameTraits.Options)) == FrameTraits.Ports;
        if (isPlain && BitConverter.IsLittleEndian && KindOf(ref info) is UdpOverIpv4 or TcpOverIpv4)
            TakePlain(frame.Pointer + info.NetworkOffset + AddressesAt, ref info, ref key);
        else key = KeyOfOther(frame);
    }

    /// <summary>Network and protocol, which stand side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint KindOf(ref FrameInfo info) => Unsafe.As<NetworkKind, ushort>(ref info.Network);

    /// <summary>
    /// Addresses and ports lie side by side as in the key, each in the order of the network. Stored whole: what is looked up next is loaded
    /// whole.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TakePlain(byte* addresses, ref FrameInfo info, ref PackedFlowKey key)
    {
        Vector128<byte> turned = Vector128.Shuffle(
            Vector128.Load(addresses), Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 9, 8, 11, 10, 255, 255, 255, 255));
        uint rest = (uint)info.Protocol | (4 << 8) | ((uint)info.IngressPort << 16);
        Unsafe.As<PackedFlowKey, Vector128<uint>>(ref key) = turned.AsUInt32().WithElement(3, rest);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static PackedFlowKey KeyOfOther(Frame frame)
    {
        ref FrameInfo info = ref frame.Info;
        bool hasKey = info.Network == NetworkKind.Ipv4 && info.Protocol is IpProtocol.Tcp or IpProtocol.Udp
            && (info.Traits & (FrameTraits.Fragment | FrameTraits.Ports)) == FrameTraits.Ports;
        if (!hasKey) return default;
        ReadOnlySpan<byte> addresses = frame.Datagram[AddressesAt..];
        return PackedFlowKey.OfIpv4(
            info.Protocol, BinaryPrimitives.ReadUInt32BigEndian(addresses), info.SourcePort,
            BinaryPrimitives.ReadUInt32BigEndian(addresses[sizeof(uint)..]), info.DestinationPort, info.IngressPort);
    }
}
