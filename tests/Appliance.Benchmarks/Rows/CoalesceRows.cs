using System.Buffers.Binary;
using Appliance.Benchmarks.Harness;
using Appliance.Benchmarks.Peers;
using Appliance.Engine;
using Appliance.Offload;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Benchmarks.Rows;

/// <summary>
/// Coupling bursts of 64 full TCP segments to trains, from few flows and from many; first where the port vouches for the checksums, then
/// where each is verified, then where each train is copied to one frame as well. The peer verifies none and copies nothing. Headers have
/// been found before, here by the parser, there by the driver.
/// </summary>
internal sealed class CoalesceRows : IBenchmarkRows
{
    private const string Peer = "rte_gro_reassemble_burst";
    private const string WholePeer = "rte_gro, checksums, memcpy";
    private const int Bursts = 4;                                     // in a run: long beside the clock, and in the second cache
    private const int Frames = Bursts * FrameBatch.DefaultCapacity;
    private const int MixedRuns = 3000;                               // tier-up needs calls, then 100 ms of them
    private const int PayloadBytes = 1448, OptionBytes = 12;
    private const int HeaderBytes = EthernetView.HeaderLength + Ipv4View.MinHeaderLength + TcpView.MinHeaderLength + OptionBytes;
    private const int FrameBytes = HeaderBytes + PayloadBytes;

    private static readonly MacAddress Router = new(0x0201_0000_0001), Host = new(0x0200_5e00_5301);

    private readonly FramePool _pool = new(0, new FramePoolSize(Frames, 0, 0));
    private readonly WorkerCounters _counters = new(1);
    private readonly Frame[] _frames = new Frame[Frames];
    private readonly FrameBatch[] _batches = [.. Enumerable.Range(0, Bursts).Select(_ => new FrameBatch())];
    private readonly byte[] _into = GC.AllocateArray<byte>(FramePool.MaxFrameBytes, pinned: true);
    private long _kept;                                               // what restoring reads goes here, so that it has to be read

    public string Subject => "gro";

    private StageContext Context => new(new MonotonicTime(0), 0, _counters, _pool, new FrameSource(_pool, _counters), null);

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        MixFlows();
        foreach ((int flows, double must, double aim) in new[] { (1, 2.5, 4.0), (8, 2.5, 4.0), (32, 2.5, 4.0), (64, 8.0, 15.0) })
            yield return Compare($"GRO, 64 segments of {flows} flows", flows, verifies: false, new Bar(Peer, must, aim), peerIsPresent);
        foreach (int flows in new[] { 1, 8, 32, 64 })
            yield return Compare($"... checksums verified, {flows} flows", flows, verifies: true, new Bar(Peer, 1.0, 1.5), peerIsPresent);
        foreach (int flows in new[] { 1, 8 })
            yield return CompareLinear($"... and copied to one, {flows} flows", flows, new Bar(Peer, 0.65, 0.8), peerIsPresent);
    }

    public void Dispose() => _pool.Dispose();

    private Comparison Compare(string name, int flows, bool verifies, Bar bar, bool peerIsPresent)
    {
        PortTable ports = Ports(verifies);
        byte[] frames = Segments(flows);
        Load(frames, ports);
        var stage = new CoalesceStage(ports);
        StageContext context = Context;
        if (peerIsPresent) Verify(frames, stage, context, name);
        var ours = new Contender("CoalesceStage", Frames, () => RunOurs(stage, context)) { Restore = Restore };
        var peer = new Contender(Peer, Frames, () => _kept += DpdkPeer.RunGro()) { Restore = DpdkPeer.RestoreGro };
        return new Comparison(name, "segment", ours, peerIsPresent ? [peer] : [], bar);
    }

    /// <summary>
    /// What a port takes that cuts by itself: each train as one contiguous frame, its checksums verified by the copy. Beside the peer
    /// alone, which does neither, and with what it leaves out.
    /// </summary>
    private Comparison CompareLinear(string name, int flows, Bar bar, bool peerIsPresent)
    {
        PortTable ports = Ports(verifies: false);
        byte[] frames = Segments(flows);
        Load(frames, ports);
        var stage = new CoalesceStage(ports);
        StageContext context = Context;
        if (peerIsPresent) Verify(frames, stage, context, name);
        if (peerIsPresent) DpdkPeer.RestoreGro();
        int wrong = peerIsPresent ? DpdkPeer.RunGroGather(_into) : 0;
        if (wrong != 0) throw new AnswersDifferException($"{name}: {WholePeer} finds {wrong} wrong checksums");
        var ours = new Contender("CoalesceStage, TrainGather", Frames, () => RunLinear(stage, context)) { Restore = Restore };
        var peer = new Contender(Peer, Frames, () => _kept += DpdkPeer.RunGro()) { Restore = DpdkPeer.RestoreGro };
        var all = new Contender(WholePeer, Frames, () => _kept += DpdkPeer.RunGroGather(_into)) { Restore = DpdkPeer.RestoreGro };
        return new Comparison(name, "segment", ours, peerIsPresent ? [peer, all] : [], bar);
    }

    private void RunLinear(CoalesceStage stage, in StageContext context)
    {
        foreach (FrameBatch batch in _batches)
        {
            stage.Process(batch, context);
            foreach (Frame frame in batch.Frames)
                if (frame.IsTrain && TrainGather.TryWriteVerified(frame, _into, completeChecksum: false, out int length)) _kept += length;
        }
    }

    /// <summary>
    /// The JIT lays the code out by what it has seen first, so it sees a little of everything before any row is measured.
    /// </summary>
    private void MixFlows()
    {
        for (int part = 0; part < 4; part++)
            foreach (int flows in new[] { 1, 64, 8, 32 })
            {
                PortTable ports = Ports(verifies: (part & 1) != 0);
                Load(Segments(flows), ports);
                var stage = new CoalesceStage(ports);
                for (int i = 0; i < MixedRuns; i++)
                {
                    Restore();
                    RunOurs(stage, Context);
                }
            }
    }

    private void RunOurs(CoalesceStage stage, in StageContext context)
    {
        foreach (FrameBatch batch in _batches)
            stage.Process(batch, context);
    }

    /// <summary>Every frame alone and in its place again, and its headers in the cache, as parsing has just left them.</summary>
    private void Restore()
    {
        for (int i = 0; i < Frames; i++)
        {
            Frame frame = _frames[i];
            FrameBatch batch = _batches[i / FrameBatch.DefaultCapacity];
            if (i % FrameBatch.DefaultCapacity == 0) batch.Clear();
            batch.TryAdd(frame);
            ref FrameInfo info = ref frame.Info;
            info.Next = info.Last = default;
            info.TrainFrames = info.TrainBytes = info.TrainLargest = 0;
            info.Checksum = ChecksumState.Good;
            _kept += frame.Bytes[0] + frame.Bytes[HeaderBytes - 1];
        }
    }

    private static PortTable Ports(bool verifies) =>
        new([new PortFacts { Index = 0, Name = "lan", Physical = 0, Mac = Router, Coalesces = true, BelievesChecksums = !verifies }]);

    private void Verify(byte[] frames, CoalesceStage stage, in StageContext context, string name)
    {
        int refused = DpdkPeer.CreateGro(frames, FrameBytes, HeaderBytes, Frames);
        if (refused != 0) throw new InvalidOperationException($"the peer could not take the frames ({refused})");
        Restore();
        DpdkPeer.RestoreGro();
        RunOurs(stage, context);
        int left = DpdkPeer.RunGro(), ours = _batches.Sum(batch => batch.Count);
        if (ours != left || _counters.ChecksumsBad != 0)
            throw new AnswersDifferException($"{name}: ours leaves {ours} frames and trains, {Peer} leaves {left}");
    }

    /// <summary>Puts the frames into slots, parsed and hashed.</summary>
    private void Load(byte[] frames, PortTable ports)
    {
        var hash = new ToeplitzHash(RssKey.From(KeyedRandom.FromSeed(1)));
        var steer = new SteerStage(0, new SteeringRules(hash, Symmetric: true, HashTypes.None, IndirectionTable.Even(128, 1)));
        var parse = new ParseStage(ports);
        var batch = new FrameBatch();
        for (int i = 0; i < Frames; i++)
        {
            if (!_frames[i].IsNull) _pool.Return(_frames[i]);
            if (!_pool.TryRent(FrameBytes, out _frames[i])) throw new InvalidOperationException("the pool is empty");
            frames.AsSpan(i * FrameBytes, FrameBytes).CopyTo(_frames[i].Bytes);
            batch.TryAdd(_frames[i]);
            if (batch.Room > 0) continue;
            parse.Process(batch, Context);
            steer.Process(batch, Context);
            if (batch.Ended > 0) throw new InvalidOperationException("the frames are not sound");
            batch.Clear();
        }
    }

    /// <summary>Bursts in which the flows take turns; each flow goes on from burst to burst.</summary>
    private static byte[] Segments(int flows)
    {
        var frames = new byte[Frames * FrameBytes];
        for (int i = 0; i < Frames; i++)
            WriteSegment(frames.AsSpan(i * FrameBytes, FrameBytes), i % flows, i / flows);
        return frames;
    }

    private static void WriteSegment(Span<byte> frame, int flow, int number)
    {
        EthernetView ethernet = new EthernetFields(Router, Host, EtherType.Ipv4).WriteTo(frame);
        Ipv4View ip = new Ipv4Fields
        {
            Identification = (ushort)(number + 1),
            TimeToLive = 64,
            Protocol = IpProtocol.Tcp,
            Source = new Ipv4Address(0x0a00_0001),
            Destination = new Ipv4Address(0xc633_6400 + (uint)flow),
            PayloadLength = TcpView.MinHeaderLength + OptionBytes + PayloadBytes,
        }.WriteTo(ethernet.Payload);
        ip.HeaderChecksum = InternetChecksum.Finish(InternetChecksum.Sum(ip.Header));
        TcpView tcp = new TcpFields
        {
            SourcePort = 443,
            DestinationPort = (ushort)(40_000 + flow),
            SequenceNumber = 1000 + (uint)(number * PayloadBytes),
            AcknowledgmentNumber = 1,
            Flags = TcpFlags.Ack,
            Window = 501,
            OptionsLength = OptionBytes,
        }.WriteTo(ip.Payload);
        BinaryPrimitives.WriteUInt64BigEndian(tcp.Options, 0x0101_080a_0000_1000);          // timestamps, RFC 7323 appendix A
        new Random(number).NextBytes(tcp.Payload);
        ulong pseudo = InternetChecksum.PseudoHeader(ip.Source, ip.Destination, IpProtocol.Tcp, ip.Payload.Length);
        tcp.Checksum = InternetChecksum.Finish(InternetChecksum.Sum(ip.Payload) + pseudo);
    }
}
