using Appliance.Engine;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>A box of the pair: it can be killed, frozen and brought back, and remembers what its data plane was told.</summary>
internal sealed class SimulatedBox(int index, CarpNodeSettings settings, PairWorld world) : IDisposable
{
    /// <summary>Frames that wait at a frozen box; more are lost, as in a socket's buffer.</summary>
    private const int MaxWaiting = 64;

    private readonly byte[] _frame = new byte[CarpFrames.MaxLength];
    private readonly Queue<Action> _waiting = [];
    private readonly HashSet<string> _holds = new(StringComparer.Ordinal);
    private ulong _lives;
    private Lane? _lane;
    private LanePair? _pair;

    public int Index => index;
    public CarpNode Node { get; private set; } = new(settings, KeyedRandom.FromSeed(0));
    public bool IsAlive { get; private set; }
    public bool IsFrozen { get; private set; }
    public bool IsDeaf { get; set; }

    /// <summary>What was heard by each port, for who would send it again.</summary>
    public List<(PortId Port, byte[] Frame)> Heard { get; } = [];

    public MonotonicTime NextDeadline => IsAlive && !IsFrozen ? _pair?.NextDeadline ?? Node.NextDeadline : MonotonicTime.Never;

    public LaneState LaneState => _lane?.State ?? LaneState.Absent;

    public bool Holds(string group) => _holds.Contains(group);

    public void Start()
    {
        Node = new CarpNode(settings, KeyedRandom.FromSeed(((ulong)(uint)world.Seed << 16) + (ulong)index + (2 * ++_lives)));
        (IsAlive, IsFrozen) = (true, false);
        SetPort(Wan, LinkState.Up);
        SetPort(Lan, LinkState.Up);
        if (world.Lane is { } lane) StartLane(lane);
        else if (settings.Trust == CarpTrust.AnnouncedCounters) world.ExchangeCounters();
        if (settings.Trust == CarpTrust.FreshCounters) Heard.Clear();  // it remembers its own life only
    }

    public void Kill()
    {
        IsAlive = false;
        _waiting.Clear();
        foreach (string group in _holds.ToArray()) Hold(group, holds: false, CarpEvent.Stop);
    }

    public void Dispose() => _lane?.Dispose();

    public void Freeze() => IsFrozen = true;

    public void Thaw()
    {
        if (!IsFrozen) return;
        IsFrozen = false;
        Step();
        while (_waiting.TryDequeue(out Action? arrive)) arrive();
    }

    public void SetPort(PortId port, LinkState link) => Do(node => node.OnPort(
        Port(port, link) with { Addresses = Addresses(port == Wan ? $"192.0.2.{index + 2}" : $"198.51.100.{index + 2}") }, world.Now));

    public void Receive(PortId port, byte[] frame)
    {
        if (!IsAlive || IsDeaf) return;
        if (IsFrozen)
        {
            if (_waiting.Count < MaxWaiting) _waiting.Enqueue(() => Receive(port, frame));
            return;
        }

        Step();
        Heard.Add((port, [.. frame]));
        Do(node => node.OnFrame(port, [.. frame], world.Now));
    }

    public void ReceiveLane(int path, byte[] message)
    {
        if (!IsAlive || IsDeaf) return;
        if (IsFrozen)
        {
            if (_waiting.Count < MaxWaiting) _waiting.Enqueue(() => ReceiveLane(path, message));
            return;
        }

        Step();
        Do(_ => _pair!.OnMessage(path, message, world.Now));
    }

    /// <summary>What the box's thread does whenever it wakes.</summary>
    public void Step()
    {
        LaneTurn turn = LaneTurn.None;
        if (_pair is null) Do(node => node.Step(world.Now));
        else Do(_ => turn = _pair.Step(world.Now));
        if ((turn & LaneTurn.Beat) == LaneTurn.None) return;
        for (int path = 0; path < world.Lane!.Paths; path++)
        {
            byte[] message = new byte[Lane.MaxMessageLength];
            int length = _pair!.Write(path, message);
            world.SendLane(this, path, message[..length]);
        }
    }

    private void StartLane(LaneSettings lane)
    {
        _lane?.Dispose();
        var session = new UInt128((ulong)(uint)world.Seed, (ulong)index + (2 * _lives));
        _lane = new Lane(lane, LaneEnds.Key(), session, world.Now) { ClaimsTies = index == 0 };
        _pair = new LanePair(Node, _lane, lane, [SyncLink, Wan, Lan]);
    }

    public void Do(Action<CarpNode> act)
    {
        if (!IsAlive || IsFrozen) return;
        act(Node);
        while (Node.Actions.TryTake(out CarpAction action)) Perform(action);
    }

    private void Perform(in CarpAction action)
    {
        switch (action.Kind)
        {
            case CarpActionKind.TakeOver: Hold(action.Group.Name, holds: true, action.Cause); break;
            case CarpActionKind.StandDown: Hold(action.Group.Name, holds: false, action.Cause); break;
            default:
                int length = CarpFrames.Write(action, Node.Settings.Dscp, _frame);
                world.Send(this, action, _frame[..length]);
                break;
        }
    }

    private void Hold(string group, bool holds, CarpEvent cause)
    {
        bool changed = holds ? _holds.Add(group) : _holds.Remove(group);
        if (!changed) world.Complain($"{index}: {group} {(holds ? "taken over" : "given up")} twice ({cause})");
        world.OnMaster(this, group, holds, cause);
    }
}
