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
///   it neither forwards it nor hears of it for as long as a state
///   lasts, by its clock ─────────────────────────────────────────► that box does not, nor any if it was the last that forwarded it
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

    /// <summary>Nanoseconds that states last without a frame at least: of an echo that was answered, and of others, as in pf.</summary>
    private const long EchoLasts = 10 * Duration.Second, OthersLast = 30 * Duration.Second;

    private readonly Dictionary<int, Flow> _flows = [];

    private sealed class Flow
    {
        public bool[] IsAt { get; } = new bool[2];
        public MonotonicTime[] SeenAt { get; } = new MonotonicTime[2];  // as each box knows, by its clock
        public required long Lasts { get; init; }                     // nanoseconds
        public int Owner { get; set; }                                // the last that forwarded it
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
            long lasts = conversation.Protocol == IpProtocol.Icmp ? EchoLasts : OthersLast;
            flow = new Flow { Since = World.Now, Lasts = lasts };
            _flows.Add(conversation.Id, flow);
        }

        Expire(flow);
        if (port != PairConfiguration.Lan) LookFromOutside(box, conversation, flow, HostFrames.SourceOf(frame));
        (flow.IsAt[box.Index], flow.SeenAt[box.Index], flow.Owner) = (true, box.Now, box.Index);
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

    private void Expire(Flow flow)
    {
        foreach (SimulatedBox box in World.Boxes)
        {
            if (!flow.IsAt[box.Index] || box.Now - flow.SeenAt[box.Index] < flow.Lasts) continue;
            Forget(flow, box);
            flow.IsLost |= box.Index == flow.Owner;                   // it says so to the other
        }
    }

    private void LookFromOutside(SimulatedBox box, Conversation conversation, Flow flow, (Ipv4Address Address, ushort Port) outside)
    {
        (Ipv4Address Address, ushort Port) before = flow.Outside ?? outside;
        flow.Outside = outside;
        if (before == outside || flow.IsLost) return;
        if (!flow.IsAt[box.Index] && !CanHearEachOther())
        {
            flow.IsLost = true;
            return;
        }

        Complain($"conversation {conversation.Id} ({conversation.Protocol}) was {before.Address}:{before.Port} outside, "
            + $"{box.Name} makes it {outside.Address}:{outside.Port}");
    }

    /// <summary>
    /// Who has just been started is to ask before it acts. That a wire is mended, or a box awake, both know by their next heartbeats only.
    /// </summary>
    private bool CanHearEachOther() => World.Judge.IsQuiet && Array.TrueForAll(World.Boxes, static box => box.IsWell)
        && World.Now - World.Judge.DeafenedAt > Telling * Heartbeat;

    private void Share()
    {
        if (!IsOfInterest || !Array.TrueForAll(World.Boxes, static box => box.Life is not null)) return;
        bool isTold = Array.TrueForAll(World.Boxes, HasToldAll);
        bool isQuiet = World.Judge.IsQuiet && World.Now - World.Judge.QuietSince > Meeting * Heartbeat;
        if (!isTold && !isQuiet) return;
        foreach (Flow flow in _flows.Values)
        {
            if (isTold || World.Now - flow.Since > Telling * Heartbeat) Share(flow);
        }
    }

    /// <summary>Who is told of it lets it go no earlier than who tells.</summary>
    private void Share(Flow flow)
    {
        Expire(flow);
        int teller = flow.IsAt[flow.Owner] ? flow.Owner : 1 - flow.Owner;
        if (!flow.IsAt[teller]) return;
        SimulatedBox told = World.Boxes[1 - teller];
        MonotonicTime seen = told.Now + (flow.SeenAt[teller] - World.Boxes[teller].Now);
        bool isFresher = !flow.IsAt[told.Index] || seen > flow.SeenAt[told.Index];
        if (isFresher) (flow.IsAt[told.Index], flow.SeenAt[told.Index]) = (true, seen);
    }

    /// <summary>As far as it knows itself.</summary>
    private bool HasToldAll(SimulatedBox box) => box.Life!.Sync!.Exchange is var sync
        && sync.Phase == Failover.SyncPhase.InSync && !sync.HasToSay && sync.OldestNanoseconds(box.Now) == 0;

    private void Forget(SimulatedBox box)
    {
        foreach (Flow flow in _flows.Values) Forget(flow, box);
    }

    private static void Forget(Flow flow, SimulatedBox box)
    {
        bool wasKnown = flow.IsAt[box.Index];
        flow.IsAt[box.Index] = false;
        if (wasKnown && !flow.IsAt[1 - box.Index]) flow.IsLost = true;
    }
}
