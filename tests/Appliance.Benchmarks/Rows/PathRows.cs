using Appliance.Benchmarks.Harness;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;

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

    private readonly ApplianceNode _node;
    private readonly MemoryInbox _inbox;
    private long _now;

    public PathRows()
    {
        RuntimeModel model = ConfigurationLoader.LoadText(Router, "benchmark.yaml").Model
            ?? throw new InvalidOperationException("the configuration is refused");
        _node = new ApplianceNode(model, new NodeOptions { Workers = 1 });
        _inbox = new MemoryInbox(Worker.Pool, FrameBatch.DefaultCapacity);
        foreach (PortModel port in model.Ports)
        {
            var id = new PortId((ushort)port.Index);
            var memory = new MemoryPort(id, port.Name, _node.Models.Ports[port.Index].Mac, port.MtuBytes, _ => _inbox, this);
            Worker.Attach(id, memory.OpenQueue(0, Worker.Pool));
        }
    }

    public string Subject => "path";

    private Worker Worker => _node.Workers[0];

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        byte[][] small = Frames(v6: false, payloadBytes: 18);
        foreach (IStage stage in Worker.Path.Stages)
            yield return new Comparison($"stage {stage.Name}, 60 B IPv4", "frame", StageAlone(stage, small), []);
        yield return Whole("path, 60 B IPv4", small);
        yield return Whole("path, 1514 B IPv4", Frames(v6: false, payloadBytes: 1472));
        yield return Whole("path, 80 B IPv6", Frames(v6: true, payloadBytes: 18));
    }

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
