using System.Globalization;

namespace Appliance.Interop.Live.Drills;

/// <summary>What one step has cost. Times are nanoseconds.</summary>
/// <param name="Step">Which.</param>
/// <param name="At">When it was done.</param>
/// <param name="Echo">Of the numbered datagrams about it.</param>
/// <param name="Connections">That answered afterwards.</param>
/// <param name="UdpFlows">The same.</param>
/// <param name="Masters">How many boxes have each group afterwards: every one is 1, or something is wrong.</param>
/// <param name="LaneLate">
/// How late the lane's thread was on the second box, which is never killed nor frozen, if later than ever before; else 0.
/// </param>
internal sealed record DrillResult(
    DrillStep Step, long At, EchoTally Echo, int Connections, int UdpFlows, IReadOnlyList<int> Masters, long LaneLate)
{
    /// <summary>How late the machine may be for its figures to say anything of the pair: a fifth of a bar.</summary>
    private const long OnTime = 10_000_000;

    /// <summary>Frames that a box sent when it woke up, and adverts among them; null: it did not.</summary>
    public (int Frames, int Adverts)? AtWaking { get; init; }

    /// <summary>Frames that the boxes dropped meanwhile, each with its reason; empty: none.</summary>
    public string Dropped { get; init; } = "";

    /// <summary>Whether all flows were asked at once while the gap was taken.</summary>
    public bool IsBurst { get; init; }

    public bool HasOneMaster => Masters.Count > 0 && Masters.All(boxes => boxes == 1);

    /// <summary>Whether the datagrams beside the pair came in time when those through it did not.</summary>
    public bool IsMachineOnTime => (Step.IsPlanned ? Echo.WorstBeside : Echo.GapBeside) <= OnTime && Echo.LostBeside == 0;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Step.Name,-22} {Connections,4} + {UdpFlows,3} flows kept; gap {Echo.Gap / 1e6,6:0.0} ms{Burst}, "
        + $"beside {Echo.GapBeside / 1e6:0.0}; {Echo.Lost} of {Echo.Sent} lost; "
        + $"lane late {LaneLate / 1e6:0.0} ms{Waking}{Drops}{(HasOneMaster ? "" : "; NOT ONE MASTER")}");

    private string Burst => IsBurst ? " in a burst" : "";

    private string Drops => Dropped.Length > 0 ? $"; dropped: {Dropped}" : "";

    private string Waking => AtWaking is { } woke ? $"; sent at waking: {woke.Frames} frames, {woke.Adverts} adverts" : "";
}
