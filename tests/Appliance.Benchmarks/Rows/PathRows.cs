using Appliance.Benchmarks.Harness;
using Appliance.Benchmarks.Ports;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Firewall.Language;
using Appliance.Node;
using Appliance.Ports.Linux;
using Appliance.Testing;

namespace Appliance.Benchmarks.Rows;

/// <summary>
/// The data path in memory on one worker: each stage by itself on batches that the stages before it have had, then the whole. What a card
/// does by DMA is no cost of the path: the bytes of a batch stand in their slots when its time begins. All else is: renting each slot and
/// blanking its info, every stage, sending, and the slot's way home. The whole with its bytes copied in by the processor is a row of its
/// own. Every batch has the next 64 of 4096 flows.
/// </summary>
internal sealed class PathRows : IBenchmarkRows
{
    private const int Flows = 4096;

    private const string Router = """
        ports:
          lan: {backend: pcap, addresses: [10.0.0.1/8, "2001:db8:a::1/64"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:b::2/64"]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: "::/0", via: "2001:db8:b::1"}
        """;

    /// <summary>What a gateway at home has; every frame of the rows below is of an established flow by then.</summary>
    private const string Rules = """
        set limit states 200000
        nat on wan inet from 10.0.0.0/8 to any -> (wan)
        block all
        pass out on wan
        pass in on lan inet from 10.0.0.0/8
        pass in on wan inet proto tcp to 10.0.0.80 port { 80, 443 }
        block in quick on wan from { 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 }

        """;

    private readonly string _kind;
    private readonly ApplianceNode _node;
    private readonly PlacedQueue _queue, _outside;
    private readonly FrameBatch _batch = new(), _kept = new();
    private long _now;
    private int _next;

    private PathRows(string kind, string configuration, IRulesetFiles? rules)
    {
        _kind = kind;
        ConfigurationResult loaded = ConfigurationLoader.LoadText(configuration, "benchmark.yaml", rules);
        RuntimeModel model = loaded.Model ?? throw new InvalidOperationException($"the configuration is refused: {loaded.Errors[0]}");
        _node = new ApplianceNode(model, new NodeOptions { Workers = 1, TableMemory = MappedMemory.HugePages });
        _queue = new PlacedQueue(new PortId(0), Worker.Pool);
        _outside = new PlacedQueue(new PortId(1), Worker.Pool);
        Worker.Attach(new PortId(0), _queue);
        Worker.Attach(new PortId(1), _outside);
    }

    /// <summary>A router without rules.</summary>
    public static PathRows Routing() => new("path", Router, rules: null);

    /// <summary>A gateway: each flow has a state in and one out, and its source is translated.</summary>
    public static PathRows Translating() =>
        new("path with states and NAT", Router + "\nfirewall: {ruleset: bench.pf.conf}\n", new RulesetTexts().With("bench.pf.conf", Rules));

    public string Subject => _node.Models.Firewall.IsOn ? "gateway" : "path";

    private Worker Worker => _node.Workers[0];

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        byte[][] small = Frames(v6: false, payloadBytes: 18);
        for (int i = 0; i < 2 * Flows; i += FrameBatch.DefaultCapacity) CopyInAndStep(small);   // the second of a flow finds its way
        yield return Whole($"{_kind}, 60 B IPv4, in place", small);
        yield return CopiedIn($"{_kind}, 60 B IPv4, copied in", small);
        yield return Whole($"{_kind}, 1514 B IPv4, in place", Frames(v6: false, payloadBytes: 1472));
        if (!_node.Models.Firewall.IsOn) yield return Whole($"{_kind}, 80 B IPv6, in place", Frames(v6: true, payloadBytes: 18));
        if (_node.Models.Firewall.IsOn) yield return Whole($"{_kind}, 60 B TCP, in place", Segments());
        foreach (IStage stage in Worker.Path.Stages.Where(stage => !_node.Models.Firewall.IsOn || IsOfEstablished(stage)))
            yield return new Comparison($"{_kind}: {stage.Name}, 60 B IPv4", "frame", StageAlone(stage, small), []);
    }

    private static bool IsOfEstablished(IStage stage) =>
        stage.Name is "parse" or "steer" or "verify" or "coalesce" or "express" or "link" or "hold" or "segment";

    public void Dispose() => _node.Dispose();

    private byte[][] Frames(bool v6, int payloadBytes)
    {
        var frames = new byte[Flows][];
        for (int flow = 0; flow < Flows; flow++)
        {
            string text = v6
                ? $"udp [2001:db8:a::{flow + 0x1000:x}]:{1024 + flow} > [2001:db8:{flow & 255:x}:c::{flow:x}]:53 len {payloadBytes}"
                : $"udp 10.1.{flow >> 8}.{flow & 255}:{1024 + flow} > 198.{flow & 255}.{flow >> 8}.7:53 len {payloadBytes}";
            if (!PacketText.TryParse(text, out PacketText packet, out string error)) throw new InvalidOperationException(error);
            frames[flow] = PacketBuilder.Build(packet, _node.Models.Ports[0].Mac);
        }

        return frames;
    }

    private byte[][] Segments()
    {
        var segments = new byte[Flows][];
        new TcpConversations(_node, _queue, _outside, Step).Fill(segments);
        return segments;
    }

    private Contender StageAlone(IStage stage, byte[][] frames)
    {
        var source = new FrameSource(Worker.Pool, Worker.Counters);
        StageContext Context() => new(new MonotonicTime(_now), 0, Worker.Counters, Worker.Pool, source, null);
        return new Contender(stage.GetType().Name, FrameBatch.DefaultCapacity, () => stage.Process(_batch, Context()))
        {
            Restore = () => RunUpTo(stage, frames, Context()),
        };
    }

    /// <summary>A fresh batch that has been through all stages before this one, as far as an established flow meets them.</summary>
    private void RunUpTo(IStage stage, byte[][] frames, in StageContext context)
    {
        foreach (Frame frame in _batch.Frames) Worker.Pool.Return(frame);
        _batch.Clear();
        Place(frames);
        _queue.Receive(_batch);
        _now += 1000;
        foreach (IStage earlier in Worker.Path.Stages)
        {
            if (earlier == stage) break;
            if (_node.Models.Firewall.IsOn && !IsOfEstablished(earlier)) continue;
            earlier.Process(_batch, context);
            _batch.Settle(new Keep(_kept));
            _kept.MoveTo(_batch);
        }
    }

    /// <summary>Frames that take the short way go on to the last stages with the others.</summary>
    private readonly struct Keep(FrameBatch kept) : IFrameExit
    {
        public int TakeRun(ReadOnlySpan<Frame> frames)
        {
            Take(frames[0]);
            return 1;
        }

        public void Take(Frame frame)
        {
            frame.Info.Disposition = Disposition.Continue;
            kept.TryAdd(frame);
        }
    }

    private Comparison Whole(string name, byte[][] frames)
    {
        long before = Worker.Counters.Transmitted, express = Worker.Counters.Express;
        CopyInAndStep(frames);
        if (Worker.Counters.Transmitted != before + FrameBatch.DefaultCapacity)
            throw new AnswersDifferException($"{name}: not every frame was forwarded");
        if (_node.Models.Firewall.IsOn && Worker.Counters.Express != express + FrameBatch.DefaultCapacity)
            throw new AnswersDifferException($"{name}: not every frame was of an established connection");
        var ours = new Contender("Worker.Step", FrameBatch.DefaultCapacity, Step) { Restore = () => Place(frames) };
        return new Comparison(name, "frame", ours, []);
    }

    private Comparison CopiedIn(string name, byte[][] frames) =>
        new(name, "frame", new Contender("copy, Worker.Step", FrameBatch.DefaultCapacity, () => CopyInAndStep(frames)), []);

    private void CopyInAndStep(byte[][] frames)
    {
        Place(frames);
        Step();
    }

    private void Step() => Worker.Step(new MonotonicTime(_now += 1000));

    private void Place(byte[][] frames)
    {
        _queue.Place(frames.AsSpan(_next, FrameBatch.DefaultCapacity));
        _next = (_next + FrameBatch.DefaultCapacity) & (Flows - 1);
    }
}
