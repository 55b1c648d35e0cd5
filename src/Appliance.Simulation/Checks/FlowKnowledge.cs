using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Simulation;

/// <summary>
/// Which boxes know a translated flow, as far as anybody outside can say; only of pairs that share states. A flow looks the same from
/// outside as long as a box that runs knows it.
/// <code>
///   a box forwards an answer of it ──────────────────────────────► that box knows it
///   each box says that the other has all that it was told of ─┐
///   nothing has been wrong for a while ───────────────────────┴──► both know it
///   a box dies, or its clock leaps over timeouts ────────────────► that box does not
/// </code>
/// So a flow may be lost in two ways only: with the last box that knew it (<see cref="IsLost"/>), or by a second state of it, which a box
/// made while it could not hear the one that knew it.
/// </summary>
internal sealed class FlowKnowledge(World world) : Checker(world, "translations kept")
{
    /// <summary>A pair that nothing is wrong with has found together by then, whatever was before; in heartbeats.</summary>
    private const int Meeting = 20;

    /// <summary>And has told of something new, even if it is just changing who leads; in heartbeats.</summary>
    private const int Telling = 4;

    /// <summary>Less than the shortest timeout of a state that frames keep alive.</summary>
    private const long LeapOverTimeouts = 10 * Duration.Second;

    private readonly Dictionary<int, Flow> _flows = [];

    private sealed class Flow
    {
        public bool[] IsAt { get; } = new bool[2];
        public MonotonicTime Since { get; init; }
        public (Ipv4Address Address, ushort Port)? Outside { get; set; }
        public bool IsLost { get; set; }
    }

    private bool IsOfInterest => World.Profile is { HasLane: true, Translates: true };

    private long Heartbeat => World.Profile.HeartbeatMilliseconds * Duration.Millisecond;

    /// <summary>Nobody may know it any more, or two boxes each their own of it.</summary>
    public bool IsLost(Conversation conversation) => _flows.TryGetValue(conversation.Id, out Flow? flow) && flow.IsLost;

    public override void OnForwarded(SimulatedBox box, int port, Span<byte> frame)
    {
        if (!IsOfInterest) return;
        Conversation? conversation = port == PairConfiguration.Lan ? HostFrames.AnsweredOf(frame, World.Users.Going)
            : HostFrames.AskedOf(frame, World.Users.Going);
        if (conversation is null) return;
        if (!_flows.TryGetValue(conversation.Id, out Flow? flow))
        {
            flow = new Flow { Since = World.Now };
            _flows.Add(conversation.Id, flow);
        }

        if (port != PairConfiguration.Lan) LookFromOutside(box, conversation, flow, HostFrames.SourceOf(frame));
        flow.IsAt[box.Index] = true;
        Share();
    }

    public override void OnDisturbance() => Share();

    public override void OnEndOfLife(SimulatedBox box, BoxLife life)
    {
        Share();
        Forget(box);
    }

    public override void OnLeap(SimulatedBox box, long nanoseconds)
    {
        Share();
        if (nanoseconds > LeapOverTimeouts) Forget(box);
    }

    private void LookFromOutside(SimulatedBox box, Conversation conversation, Flow flow, (Ipv4Address Address, ushort Port) outside)
    {
        (Ipv4Address Address, ushort Port) before = flow.Outside ?? outside;
        flow.Outside = outside;
        if (before == outside || flow.IsLost) return;
        bool isAddressed = World.Profile.UsesPortMac && !box.Holds(PairConfiguration.Wan);     // by its own address, as any router
        if (!flow.IsAt[box.Index] && (isAddressed || !CanHearEachOther()))
        {
            flow.IsLost = true;
            return;
        }

        Complain($"conversation {conversation.Id} ({conversation.Protocol}) was {before.Address}:{before.Port} outside, "
            + $"{box.Name} makes it {outside.Address}:{outside.Port}");
    }

    /// <summary>Who has just been started is to ask before it acts.</summary>
    private bool CanHearEachOther() => World.Judge.IsQuiet && Array.TrueForAll(World.Boxes, static box => box.IsWell);

    private void Share()
    {
        if (!IsOfInterest || !Array.TrueForAll(World.Boxes, static box => box.Life is not null)) return;
        bool isTold = Array.TrueForAll(World.Boxes, HasToldAll);
        bool isQuiet = World.Judge.IsQuiet && World.Now - World.Judge.QuietSince > Meeting * Heartbeat;
        if (!isTold && !isQuiet) return;
        foreach (Flow flow in _flows.Values)
        {
            bool isKnown = flow.IsAt[0] || flow.IsAt[1];
            if (isKnown && (isTold || World.Now - flow.Since > Telling * Heartbeat)) Array.Fill(flow.IsAt, true);
        }
    }

    /// <summary>As far as it knows itself.</summary>
    private bool HasToldAll(SimulatedBox box) => box.Life!.Sync!.Exchange is var sync
        && sync.Phase == Failover.SyncPhase.InSync && !sync.HasToSay && sync.OldestNanoseconds(box.Now) == 0;

    private void Forget(SimulatedBox box)
    {
        foreach (Flow flow in _flows.Values)
        {
            bool wasKnown = flow.IsAt[box.Index];
            flow.IsAt[box.Index] = false;
            if (wasKnown && !flow.IsAt[1 - box.Index]) flow.IsLost = true;
        }
    }
}
