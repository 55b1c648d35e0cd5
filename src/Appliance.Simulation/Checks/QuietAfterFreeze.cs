namespace Appliance.Simulation;

/// <summary>
/// A box that was frozen until the other took over says no advert and forwards at most a batch of what had waited, before it is master
/// again.
/// </summary>
internal sealed class QuietAfterFreeze(World world) : Checker(world, "quiet after a freeze")
{
    private const int Batch = 64;                                       // frames

    private readonly bool[,] _mustBeQuiet = new bool[2, World.Groups], _wasOthers = new bool[2, World.Groups];
    private readonly int[] _forwarded = new int[2];

    public override void OnFreeze(SimulatedBox box)
    {
        for (int group = 0; group < World.Groups; group++) _wasOthers[box.Index, group] = World.Boxes[1 - box.Index].IsActing(group);
    }

    public override void OnThaw(SimulatedBox box)
    {
        SimulatedBox other = World.Boxes[1 - box.Index];
        _forwarded[box.Index] = 0;
        for (int group = 0; group < World.Groups; group++)
            _mustBeQuiet[box.Index, group] = !_wasOthers[box.Index, group] && other.IsActing(group) && box.Holds(group);
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
        if (!_mustBeQuiet[box.Index, group]) return;
        _mustBeQuiet[box.Index, group] = false;
        Complain($"{box.Name} woke up and said an advert of {World.NameOf(group)}, whose master is the other");
    }

    public override void OnForwarded(SimulatedBox box, int port, Span<byte> frame)
    {
        bool mustBeQuiet = _mustBeQuiet[box.Index, 0] || _mustBeQuiet[box.Index, 1];
        if (mustBeQuiet && ++_forwarded[box.Index] == Batch + 1) Complain($"{box.Name} woke up and forwarded more than {Batch} frames");
    }
}
