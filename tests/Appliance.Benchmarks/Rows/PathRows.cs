using Appliance.Benchmarks.Harness;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Firewall.Language;
using Appliance.Node;
using Appliance.Testing;

namespace Appliance.Benchmarks.Rows;

/// <summary>
/// The data path in memory on one worker: each stage by itself on frames that are in the cache, then the whole, copy into the slot
/// included.
/// </summary>
internal sealed class PathRows : IBenchmarkRows, ITransmitSink
{
    private const int Flows = 4096;
    private const int BatchesPerRun = 256;

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
    private readonly MemoryInbox _inbox;
    private long _now;

    private PathRows(string kind, string configuration, IRulesetFiles? rules)
    {
        _kind = kind;
        ConfigurationResult loaded = ConfigurationLoader.LoadText(configuration, "benchmark.yaml", rules);
        RuntimeModel model = loaded.Model ?? throw new InvalidOperationException($"the configuration is refused: {loaded.Errors[0]}");
        _node = new ApplianceNode(model, new NodeOptions { Workers = 1 });
        _inbox = new MemoryInbox(Worker.Pool, FrameBatch.DefaultCapacity);
        foreach (PortModel port in model.Ports)
        {
            var id = new PortId((ushort)port.Index);
            var memory = new MemoryPort(id, port.Name, _node.Models.Ports[port.Index].Mac, port.MtuBytes, _ => _inbox, this);
            Worker.Attach(id, memory.OpenQueue(0, Worker.Pool));
        }
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
        Run(small, Flows / FrameBatch.DefaultCapacity);                 // the first of each flow
        foreach (IStage stage in Worker.Path.Stages.Where(stage => !_node.Models.Firewall.IsOn || ChangesNothing(stage)))
            yield return new Comparison($"{_kind}: {stage.Name}, 60 B IPv4", "frame", StageAlone(stage, small), []);
        yield return Whole($"{_kind}, 60 B IPv4", small);
        yield return Whole($"{_kind}, 1514 B IPv4", Frames(v6: false, payloadBytes: 1472));
        if (!_node.Models.Firewall.IsOn) yield return Whole($"{_kind}, 80 B IPv6", Frames(v6: true, payloadBytes: 18));
    }

    /// <summary>Behind the first firewall frames are of other flows with each run.</summary>
    private static bool ChangesNothing(IStage stage) => stage.Name is "verify" or "firewall-in";

    public void OnTransmit(PortId port, Frame frame)
    {
    }

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

    /// <summary>
    /// All stages up to this one have run once; then this one runs over and over on the same batch, which changes nothing it looks at.
    /// </summary>
    private Contender StageAlone(IStage stage, byte[][] frames)
    {
        var batch = new FrameBatch();
        var source = new FrameSource(Worker.Pool, Worker.Counters);
        var context = new StageContext(new MonotonicTime(0), 0, Worker.Counters, Worker.Pool, source, null);
        for (int i = 0; i < FrameBatch.DefaultCapacity; i++)
        {
            if (!_inbox.TryRent(frames[i].Length, out Frame frame)) throw new InvalidOperationException("the pool is empty");
            frames[i].CopyTo(frame.Bytes);
            batch.TryAdd(frame);
        }

        foreach (IStage earlier in Worker.Path.Stages.TakeWhile(earlier => earlier != stage))
            earlier.Process(batch, context);
        return new Contender(stage.GetType().Name, BatchesPerRun * FrameBatch.DefaultCapacity, () =>
        {
            for (int i = 0; i < BatchesPerRun; i++)
                stage.Process(batch, context);
        });
    }

    private Comparison Whole(string name, byte[][] frames)
    {
        long before = Worker.Counters.Transmitted;
        Run(frames, 1);
        if (Worker.Counters.Transmitted != before + FrameBatch.DefaultCapacity)
            throw new AnswersDifferException($"{name}: not every frame was forwarded");
        var ours = new Contender("Worker.Step", BatchesPerRun * FrameBatch.DefaultCapacity, () => Run(frames, BatchesPerRun));
        return new Comparison(name, "frame", ours, []);
    }

    private void Run(byte[][] frames, int batches)
    {
        for (int i = 0; i < batches * FrameBatch.DefaultCapacity; i += FrameBatch.DefaultCapacity)
        {
            for (int j = 0; j < FrameBatch.DefaultCapacity; j++)
            {
                byte[] bytes = frames[(i + j) & (Flows - 1)];
                if (!_inbox.TryRent(bytes.Length, out Frame frame)) throw new InvalidOperationException("the pool is empty");
                bytes.CopyTo(frame.Bytes);
                _inbox.TryAdd(frame, new PortId(0));
            }

            Worker.Step(new MonotonicTime(_now += 1000));
        }
    }
}
