using Appliance.Engine;

namespace Appliance.Simulation;

/// <summary>
/// A box that was frozen until the other took over says no advert and forwards nothing of what had waited, before it is master again: no
/// breath of its workers was under way, for the world freezes between them.
/// </summary>
internal sealed class QuietAfterFreeze(World world) : Checker(world, "quiet after a freeze")
{
    /// <summary>Heartbeats that the peer does not miss a box for, and nanoseconds of adverts: no backup waits less.</summary>
    private const int UnmissedBeats = 3;
    private const long Unmissed = 3 * Duration.Second;

    private readonly bool[,] _mustBeQuiet = new bool[2, World.Groups], _wasOthers = new bool[2, World.Groups];
    private readonly bool[] _hasForwarded = new bool[2];                // since it woke up
    private readonly MonotonicTime[] _frozenAt = new MonotonicTime[2];
    private readonly MonotonicTime[,] _saidAt = new MonotonicTime[2, World.Groups];

    public override void OnFreeze(SimulatedBox box)
    {
        _frozenAt[box.Index] = World.Now;
        for (int group = 0; group < World.Groups; group++) _wasOthers[box.Index, group] = World.Boxes[1 - box.Index].IsActing(group);
    }

    public override void OnThaw(SimulatedBox box)
    {
        SimulatedBox other = World.Boxes[1 - box.Index];
        _hasForwarded[box.Index] = false;
        for (int group = 0; group < World.Groups; group++)
            _mustBeQuiet[box.Index, group] = WasMissed(box) && !_wasOthers[box.Index, group] && other.IsActing(group) && box.Holds(group);
    }

    /// <summary>When it has stood down, silence is what any backup keeps.</summary>
    public override void OnMasters(int group, int masters)
    {
        foreach (SimulatedBox box in World.Boxes)
        {
            if (!box.Holds(group)) _mustBeQuiet[box.Index, group] = false;
        }
    }

    public override void OnAdvert(SimulatedBox box, int vhid)
    {
        int group = vhid == PairConfiguration.LanVhid ? 0 : 1;
        _saidAt[box.Index, group] = World.Now;
        if (!_mustBeQuiet[box.Index, group]) return;
        _mustBeQuiet[box.Index, group] = false;
        Complain($"{box.Name} woke up and said an advert of {World.NameOf(group)}, whose master is the other");
    }

    public override void OnForwarded(SimulatedBox box, int port, Span<byte> frame)
    {
        bool mustBeQuiet = _mustBeQuiet[box.Index, 0] || _mustBeQuiet[box.Index, 1];
        if (!mustBeQuiet || _hasForwarded[box.Index]) return;
        _hasForwarded[box.Index] = true;
        string wire = port == PairConfiguration.Lan ? "lan" : "wan";
        Complain($"{box.Name} woke up and forwarded a frame by {wire}, whose master is the other");
    }

    /// <summary>
    /// Who was not missed on either side was replaced for another reason, as by an operator of the other box or by a clock that leapt
    /// there, and is merely late. So it is with who was not heard for the wires' sake.
    /// </summary>
    private bool WasMissed(SimulatedBox box)
    {
        MonotonicTime since = _frozenAt[box.Index];
        if (!World.Judge.AreWiresWellSince(since)) return false;
        if (World.Profile.HasLane)
            return World.Now - since > UnmissedBeats * World.Profile.HeartbeatMilliseconds * Duration.Millisecond;
        bool wasMissed = false;
        for (int group = 0; group < World.Groups; group++)
            wasMissed |= box.Holds(group) && World.Now - _saidAt[box.Index, group] > Unmissed;
        return wasMissed;
    }
}
