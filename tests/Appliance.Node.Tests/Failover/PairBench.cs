using System.Collections.Immutable;
using System.Globalization;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Failover;

namespace Appliance.Node.Tests.Failover;

/// <summary>
/// Failover of two boxes on one clock: what one sends by a port the other hears by the same, at once and always, unless <see
/// cref="Weather"/> says otherwise.
/// </summary>
internal sealed class PairBench : IDisposable
{
    public const long Second = 1_000_000_000, Millisecond = 1_000_000;

    private readonly Box?[] _nodes = new Box?[2];
    private readonly PriorityQueue<(int To, PortId Port, byte[] Frame), (MonotonicTime Due, long Order)> _wires = new();
    private long _order;
    private ulong _lives;

    public PairBench(Func<int, string> configure, string key = "")
    {
        Hosts = [new VirtualHostTable(), new VirtualHostTable()];
        Boxes = [.. Enumerable.Range(0, 2).Select(box => Begin(box, Plan(box, configure(box), key)))];
        for (int box = 0; box < Boxes.Length; box++) LinkUp(box);
    }

    public VirtualHostTable[] Hosts { get; }

    public FailoverControl[] Boxes { get; }

    public List<(int Box, CarpTimelineEntry Entry)> Told { get; } = [];

    /// <summary>What has left: by whom, by which port, and whether the sender was virtual host 1 of port 0 then.</summary>
    public List<(int Box, PortId Port, byte[] Frame, bool WasHeld)> Sent { get; } = [];

    public HashSet<int> Dead { get; } = [];

    /// <summary>Nothing reaches these.</summary>
    public HashSet<int> Deaf { get; } = [];

    /// <summary>Nothing passes between these ports.</summary>
    public HashSet<PortId> Cut { get; } = [];

    /// <summary>How long a frame is under way, nanoseconds; null: it is lost.</summary>
    public Func<long?> Weather { get; set; } = () => 0;

    public MonotonicTime Now { get; private set; } = new(1_000 * Second);

    /// <summary>A pair over lan and wan with a lane of its own; the first box is the better master.</summary>
    /// <param name="box">0 or 1.</param>
    /// <param name="lane">Instead of the lane.</param>
    /// <param name="port">One port more.</param>
    /// <param name="more">Of high-availability.</param>
    public static string Yaml(int box, string? lane = null, string port = "", string more = "") => $$"""
        ports:
          lan: {backend: pcap, addresses: [192.168.1.{{11 + box}}/24]}
          wan: {backend: pcap, addresses: [203.0.113.{{11 + box}}/24]}
          sync: {backend: pcap, addresses: [10.9.0.{{1 + box}}/24]}
          {{port}}
        high-availability:
          preempt: on
          {{more}}
          carp:
            - {vhid: 1, port: lan, addresses: [192.168.1.254/24], password: sesame, advskew: {{100 * box}}}
            - {vhid: 2, port: wan, addresses: [203.0.113.10/24], password: sesame, advskew: {{100 * box}}}
        {{lane ?? $"  sync: {{port: sync, peer: 10.9.0.{2 - box}, key-file: sync.key}}"}}
        """;

    public FailoverPlan Plan(int box, string yaml, string key = "")
    {
        using var folder = new KeyFolder(key);
        ConfigurationResult result = ConfigurationLoader.LoadText(yaml, Path.Combine(folder.Path, "box.yaml"));
        if (result.Model is not { } model) throw new InvalidOperationException(string.Join('\n', result.Errors));
        PairSecrets secrets = PairSecrets.Read(model, out ImmutableArray<ConfigurationError> errors)
            ?? throw new InvalidOperationException(string.Join('\n', errors));
        using NodeModels models = NodeModelsBuilder.Build(model, new NodeOptions
        {
            VirtualHosts = Hosts[box],
            Links = Enumerable.Range(0, 3).ToImmutableDictionary(port => port, port => new PortLink(
                new(0x0200_0000_0000UL | (uint)((box << 8) | port)), PortCapabilities.None, 1500)),
        }, workers: 1);
        return FailoverPlanBuilder.Build(model, models.Ports, secrets)!;
    }

    public PairBench Run(long nanoseconds)
    {
        for (MonotonicTime until = Now + nanoseconds; ;)
        {
            Deliver();
            MonotonicTime next = until;
            foreach (FailoverControl box in Alive) next = box.NextDeadline < next ? box.NextDeadline : next;
            if (_wires.TryPeek(out _, out (MonotonicTime Due, long) first) && first.Due < next) next = first.Due;
            if (next > Now) Now = next;
            foreach (FailoverControl box in Alive) box.Step(Now);
            Deliver();
            while (Share()) Deliver();
            if (Now >= until) return this;
        }
    }

    /// <summary>Another life of a box's failover, of the same configuration: it remembers nothing.</summary>
    public void Restart(int box)
    {
        Boxes[box].Dispose();
        Boxes[box] = Begin(box, Boxes[box].Plan);
        LinkUp(box);
    }

    /// <summary>The box has a data plane, whose states are shared.</summary>
    public void Join(int box, Box node, SyncJoint joint)
    {
        _nodes[box] = node;
        Boxes[box].Join(joint, Now);
    }

    public string StatesOf(int box) => string.Join(' ', Boxes[box].Carp.Groups.Select(group => CarpWords.Of(group.State)));

    public void Dispose()
    {
        foreach (FailoverControl box in Boxes) box.Dispose();
    }

    private FailoverControl Begin(int box, FailoverPlan plan) => new(
        plan,
        KeyedRandom.FromSeed((ulong)box + 1),
        new UInt128(7 + _lives++, (ulong)(box + 1) << 32),
        new Sender(this, box),
        entry => Told.Add((box, entry)), Now);

    private void LinkUp(int box)
    {
        for (ushort port = 0; port < 3; port++) Boxes[box].OnLink(new PortId(port), LinkState.Up, Now);
    }

    private IEnumerable<FailoverControl> Alive => Boxes.Where((_, box) => !Dead.Contains(box));

    /// <summary>Workers breathe, and what they have written for the peer is sent; false: there was nothing.</summary>
    private bool Share()
    {
        int before = _wires.Count;
        for (int box = 0; box < Boxes.Length; box++)
        {
            if (Dead.Contains(box) || _nodes[box] is not { } node) continue;
            node.Wait(Now - node.Now).Node.StepUntilIdle(Now);
            while (Boxes[box].Speak(Now)) { }
        }

        return _wires.Count > before;
    }

    private void Deliver()
    {
        while (_wires.TryPeek(out (int To, PortId Port, byte[] Frame) sent, out (MonotonicTime Due, long) first) && first.Due <= Now)
        {
            _wires.Dequeue();
            if (!Dead.Contains(sent.To)) Boxes[sent.To].OnFrame(sent.Port, sent.Frame, Now);
        }
    }

    private sealed class Sender(PairBench bench, int box) : IFailoverSender
    {
        public CarpSendOutcome Send(PortId port, ReadOnlySpan<byte> frame)
        {
            bench.Sent.Add((box, port, frame.ToArray(), bench.Hosts[box][0].IsHeld(1)));
            bool isLost = bench.Dead.Contains(box) || bench.Deaf.Contains(1 - box) || bench.Cut.Contains(port);
            if (!isLost && bench.Weather() is { } underWay)
                bench._wires.Enqueue((1 - box, port, frame.ToArray()), (bench.Now + underWay, bench._order++));
            return CarpSendOutcome.Sent;
        }
    }

    private sealed class KeyFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pair-bench");

        public KeyFolder(string key)
        {
            string file = System.IO.Path.Combine(Path, "sync.key");
            File.WriteAllText(file, key.Length > 0 ? key : string.Create(CultureInfo.InvariantCulture, $"{0:d64}"));
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        public string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
