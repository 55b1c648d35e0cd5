using Appliance.Engine;
using Appliance.Node;
using Appliance.Wire.Ip;

namespace Appliance.Simulation;

/// <summary>All checkers of a world, and what they go by: when the world was disturbed, and when mastership moved.</summary>
internal sealed class Judge
{
    /// <summary>Complaints of a world; one says that something is wrong, some say what.</summary>
    public const int MaxViolations = 20;

    private readonly World _world;
    private readonly List<Checker> _checkers;
    private readonly List<Violation> _violations = [];
    private readonly int[] _boxFaults = new int[2];
    private readonly int[] _masters = new int[World.Groups];            // -1: none or both
    private readonly TimeGoesOn _clock;
    private int _wireFaults;
    private MonotonicTime _wiresChangedAt = World.Beginning;
    private MonotonicTime _thawedAt = World.Beginning;
    private int _faults;                                                // of all kinds

    public Judge(World world)
    {
        _world = world;
        Array.Fill(_masters, -1);
        Mastership = new OneMaster(world);
        Flows = new FlowKnowledge(world);
        _clock = new TimeGoesOn(world);
        _checkers =
        [
            Mastership, new NoAdvertStorm(world), new FramesConserved(world), new FlowsKept(world), new TranslationsUnique(world),
            new QuietAfterFreeze(world), new BetterBoxIsMaster(world), new MastersStay(world), Flows, new StatesConverge(world), _clock,
        ];
    }

    public IReadOnlyList<Checker> Checkers => _checkers;

    public OneMaster Mastership { get; }

    public FlowKnowledge Flows { get; }

    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>A wire is at fault, or both boxes are: there may be two masters, or none.</summary>
    public bool IsDisturbed => _wireFaults > 0 || (_boxFaults[0] > 0 && _boxFaults[1] > 0);

    /// <summary>Nothing at all is wrong, not even what a pair is to stand as if it were nothing.</summary>
    public bool IsQuiet => _faults == 0;

    /// <summary>When anything last began or ended to be wrong.</summary>
    public MonotonicTime QuietSince { get; private set; } = World.Beginning;

    /// <summary>When a fault last began or ended that may move or part masters.</summary>
    public MonotonicTime DisturbedAt { get; private set; } = World.Beginning;

    /// <summary>Whether the wires on which the two hear each other have been well since some time.</summary>
    public bool AreWiresWellSince(MonotonicTime time) => _wireFaults == 0 && _wiresChangedAt <= time;

    /// <summary>When the two may last have begun to hear each other again: a fault of a wire began or ended, or a box woke up.</summary>
    public MonotonicTime DeafenedAt => _wiresChangedAt > _thawedAt ? _wiresChangedAt : _thawedAt;

    /// <summary>When another box became the master of a group.</summary>
    public MonotonicTime MovedAt { get; private set; } = World.Beginning;

    public void Add(Checker checker) => _checkers.Add(checker);

    /// <summary>Of every fault, before it shows.</summary>
    public void OnFault(bool begins)
    {
        foreach (Checker checker in Checkers) checker.OnDisturbance();
        (_faults, QuietSince) = (_faults + (begins ? 1 : -1), _world.Now);
    }

    /// <summary>Of faults that the boxes are to survive: nothing of them is an excuse, but two of them at once are.</summary>
    public void OnBoxFault(int box, bool begins) => Disturb(() => _boxFaults[box] += begins ? 1 : -1);

    public void OnWireFault(bool begins) => Disturb(() =>
        (_wireFaults, _wiresChangedAt) = (_wireFaults + (begins ? 1 : -1), _world.Now));

    /// <summary>Something that is over as soon as it happens.</summary>
    public void OnShock() => Disturb(static () => { });

    /// <summary>Too much has happened at one instant.</summary>
    /// <param name="box">Whose turn it is again; null: nobody's.</param>
    public void OnStandstill(SimulatedBox? box) => _clock.OnStandstill(box);

    public void OnMasters(int group, int masters)
    {
        int master = _world.MasterOf(group);
        if (master != _masters[group]) (_masters[group], MovedAt) = (master, _world.Now);
        foreach (Checker checker in Checkers) checker.OnMasters(group, masters);
    }

    public void OnAdvert(SimulatedBox box, int vhid)
    {
        foreach (Checker checker in Checkers) checker.OnAdvert(box, vhid);
    }

    public void OnForwarded(SimulatedBox box, int port, Span<byte> frame)
    {
        foreach (Checker checker in Checkers) checker.OnForwarded(box, port, frame);
    }

    public void OnFreeze(SimulatedBox box)
    {
        foreach (Checker checker in Checkers) checker.OnFreeze(box);
    }

    public void OnThaw(SimulatedBox box)
    {
        _thawedAt = _world.Now;
        foreach (Checker checker in Checkers) checker.OnThaw(box);
    }

    public void OnLeap(SimulatedBox box, long nanoseconds)
    {
        foreach (Checker checker in Checkers) checker.OnLeap(box, nanoseconds);
    }

    public void OnServed(int conversation, IpProtocol protocol, Ipv4Address source, ushort port)
    {
        foreach (Checker checker in Checkers) checker.OnServed(conversation, protocol, source, port);
    }

    public void OnLost(Conversation conversation)
    {
        foreach (Checker checker in Checkers) checker.OnLost(conversation);
    }

    public void OnEndOfLife(SimulatedBox box, BoxLife life)
    {
        foreach (Checker checker in Checkers) checker.OnEndOfLife(box, life);
    }

    public void AtEnd()
    {
        foreach (SimulatedBox box in _world.Boxes)
        {
            if (box.Life is { } life) OnEndOfLife(box, life);
        }

        foreach (Checker checker in Checkers) checker.AtEnd();
    }

    /// <summary>
    /// Whether a flow may break. One that is only routed may not, unless it has no way through (<see cref="IsHalved"/>). A translated one
    /// may where no box knows it any more (<see cref="FlowKnowledge"/>); without a lane nothing is shared, so it ends where its states are,
    /// when another box is master than at its begin, or the one that it began at was just about to forward no more. Nor can one begin where
    /// neither a lane nor preemption keeps both sides on one box, and they are not (carp(4)).
    /// </summary>
    public bool IsExcused(Conversation conversation) => _world.Profile switch
    {
        { Translates: false } => IsHalved,
        { HasLane: true } => Flows.IsLost(conversation),
        _ => MovedAt + FailoverControl.LingerNanoseconds >= conversation.BeganAt || IsApart,
    };

    /// <summary>Sides are at two boxes, and nothing joins them: by carp(4) a side moves alone where nobody preempts.</summary>
    private bool IsApart => _masters[0] != _masters[1] && _world.Profile is { HasLane: false, Preempts: false };

    /// <summary>And a box that is the master of one side has lost the cable of the other: there it can forward nothing.</summary>
    private bool IsHalved => IsApart && Enumerable.Range(0, World.Groups).Any(
        group => _masters[group] >= 0 && _world.Boxes[_masters[group]].IsUnplugged(1 - group));

    /// <summary>Nanoseconds in which nothing was wrong any more, since some time.</summary>
    public long PeaceSince(MonotonicTime time)
    {
        if (IsDisturbed) return 0;
        MonotonicTime from = time;
        if (from < DisturbedAt) from = DisturbedAt;
        if (from < MovedAt) from = MovedAt;
        return _world.Now - from;
    }

    public void Complain(Checker checker, string what)
    {
        if (_violations.Count == MaxViolations) return;
        _violations.Add(new Violation(_world.Now - World.Beginning, checker.Name, what));
        _world.Note("judge", $"{checker.Name}: {what}");
    }

    private void Disturb(Action change)
    {
        foreach (Checker checker in Checkers) checker.OnDisturbance();
        change();
        DisturbedAt = _world.Now;
    }
}
