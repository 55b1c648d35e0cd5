using Appliance.Engine;

namespace Appliance.Simulation;

/// <summary>
/// Each group has one master. Two at once, outside of a disturbance, for no longer than an advert's interval; after one ends, and
/// whenever a master is gone, one within three intervals and the slower box's skew.
/// </summary>
internal sealed class OneMaster(World world) : Checker(world, "one master")
{
    /// <summary>Nanoseconds for the frames to get there and to be looked at.</summary>
    private const long Slack = 50 * Duration.Millisecond;

    private readonly int[] _masters = new int[World.Groups];
    private readonly MonotonicTime[] _since = [World.Beginning, World.Beginning];
    private readonly bool[] _isReported = new bool[World.Groups];

    /// <summary>The longest times without a master that ended, and with two; nanoseconds.</summary>
    public long LongestNone { get; private set; }
    public long LongestTwo { get; private set; }

    /// <summary>How often a group got another number of masters.</summary>
    public long Changes { get; private set; }

    /// <summary>For who looks at one moment.</summary>
    public void Forget() => (LongestNone, LongestTwo) = (0, 0);

    public override void OnMasters(int group, int masters)
    {
        if (masters == _masters[group]) return;
        JudgeSoFar(group);
        long lasted = World.Now - _since[group];
        if (_masters[group] == 0 && Changes >= World.Groups) LongestNone = Math.Max(LongestNone, lasted);
        if (_masters[group] == 2) LongestTwo = Math.Max(LongestTwo, lasted);
        (_masters[group], _since[group], _isReported[group]) = (masters, World.Now, false);
        Changes++;
    }

    public override void OnDisturbance()
    {
        for (int group = 0; group < World.Groups; group++) JudgeSoFar(group);
    }

    public override void AtEnd() => OnDisturbance();

    private void JudgeSoFar(int group)
    {
        if (_masters[group] == 1 || _isReported[group] || World.Judge.IsDisturbed) return;
        MonotonicTime disturbed = World.Judge.DisturbedAt;
        bool isFromPeace = _since[group] > disturbed;
        MonotonicTime from = isFromPeace ? _since[group] : disturbed;
        long allowed = Slack + (_masters[group] == 2 && isFromPeace ? World.Profile.AdvertInterval : World.Profile.Silence);
        if (World.Now - from <= allowed) return;
        _isReported[group] = true;
        Complain($"{World.NameOf(group)} has {(_masters[group] == 0 ? "no master" : "two masters")} for {World.Text(World.Now - from)}" +
            $"{(isFromPeace ? "" : " after the last fault")}; allowed are {World.Text(allowed)}");
    }
}
