using Appliance.Engine;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>A box of the pair: it can be killed, frozen and brought back, and remembers what its data plane was told.</summary>
internal sealed class SimulatedBox(int index, CarpNodeSettings settings, PairWorld world)
{
    /// <summary>Frames that wait at a frozen box; more are lost, as in a socket's buffer.</summary>
    private const int MaxWaiting = 64;

    private readonly byte[] _frame = new byte[CarpFrames.MaxLength];
    private readonly Queue<(PortId Port, byte[] Frame)> _waiting = [];
    private readonly HashSet<string> _holds = new(StringComparer.Ordinal);
    private ulong _lives;

    public int Index => index;
    public CarpNode Node { get; private set; } = new(settings, KeyedRandom.FromSeed(0));
    public bool IsAlive { get; private set; }
    public bool IsFrozen { get; private set; }
    public bool IsDeaf { get; set; }

    /// <summary>What was heard by each port, for who would send it again.</summary>
    public List<(PortId Port, byte[] Frame)> Heard { get; } = [];

    public MonotonicTime NextDeadline => IsAlive && !IsFrozen ? Node.NextDeadline : MonotonicTime.Never;

    public bool Holds(string group) => _holds.Contains(group);

    public void Start()
    {
        Node = new CarpNode(settings, KeyedRandom.FromSeed(((ulong)(uint)world.Seed << 16) + (ulong)index + (2 * ++_lives)));
        (IsAlive, IsFrozen) = (true, false);
        SetPort(Wan, LinkState.Up);
        SetPort(Lan, LinkState.Up);
        if (settings.Trust == CarpTrust.AnnouncedCounters) world.ExchangeCounters();
        if (settings.Trust == CarpTrust.FreshCounters) Heard.Clear();  // it remembers its own life only
    }

    public void Kill()
    {
        IsAlive = false;
        _waiting.Clear();
        foreach (string group in _holds.ToArray()) Hold(group, holds: false, CarpEvent.Stop);
    }

    public void Freeze() => IsFrozen = true;

    public void Thaw()
    {
        if (!IsFrozen) return;
        IsFrozen = false;
        Do(node => node.Step(world.Now));
        while (_waiting.TryDequeue(out (PortId Port, byte[] Frame) frame)) Receive(frame.Port, frame.Frame);
    }

    public void SetPort(PortId port, LinkState link) => Do(node => node.OnPort(
        Port(port, link) with { Addresses = Addresses(port == Wan ? $"192.0.2.{index + 2}" : $"198.51.100.{index + 2}") }, world.Now));

    public void Receive(PortId port, byte[] frame)
    {
        if (!IsAlive || IsDeaf) return;
        if (IsFrozen)
        {
            if (_waiting.Count < MaxWaiting) _waiting.Enqueue((port, frame));
            return;
        }

        Heard.Add((port, [.. frame]));
        Do(node => node.OnFrame(port, [.. frame], world.Now));
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
