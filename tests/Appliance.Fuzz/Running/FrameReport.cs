using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Fuzz.Oracle;
using Appliance.Fuzz.Worlds;
using static System.FormattableString;

namespace Appliance.Fuzz.Running;

/// <summary>
/// How far the frames came: what they met and how they ended, so that a run that only bounces off the door is seen to do so.
/// </summary>
internal sealed class FrameReport
{
    /// <summary>
    /// Reasons of records, of the firewall and of the program, and of what a replay has not: ports that go, learned routes, a peer.
    /// </summary>
    private static readonly ImmutableArray<DropReason> Elsewhere =
    [
        DropReason.None, DropReason.LinkType, DropReason.CapturedShort, DropReason.FrameTooLong, DropReason.ReplayEnded,
        DropReason.Block, DropReason.StateLimit, DropReason.NatExhausted, DropReason.TcpWindow, DropReason.ReassemblyTimeout,
        DropReason.PortDown, DropReason.Prohibited, DropReason.Standby,
    ];

    private readonly TextWriter _text;
    private readonly World[] _worlds;
    private readonly StageCensus _census;
    private readonly long[] _drops;

    public FrameReport(TextWriter text, World[] worlds, StageCensus census)
    {
        (_text, _worlds, _census) = (text, worlds, census);
        _drops = new long[DropReasonNames.Count];
        for (int reason = 0; reason < _drops.Length; reason++)
            _drops[reason] = worlds.Sum(world => world.Drops[reason]);
        NeverHit = [.. Enum.GetValues<DropReason>().Except(Elsewhere).Where(reason => _drops[(int)reason] == 0).Select(DropReasonNames.Of)];
    }

    public ImmutableArray<string> NeverHit { get; }

    public void Write(long frames, TimeSpan elapsed, long allocated)
    {
        Line($"frames: {frames:N0} in {elapsed.TotalSeconds:F1} s, {frames / Math.Max(elapsed.TotalSeconds, 1e-9):N0} a second");
        Line($"allocated: {allocated:N0} bytes, {allocated / (double)Math.Max(1, frames):F3} a frame");
        Line($"worlds: {string.Join(", ", _worlds.Select(world => $"{world.Recipe.Name} ({world.WorkerCount})"))}");
        Line($"handed over: {Sum(world => world.HandedOff):N0}");
        Line($"left: {Sum(world => world.Output.Transmitted):N0} frames, {Sum(world => world.Output.Forwarded):N0} of them forwarded");
        Line($"fragments: {Sum(world => world.Output.Fragments):N0}");
        Line($"consumed: {Sum(world => world.Consumed):N0}; answers: {Replies()}");
        foreach ((string stage, long[] counts) in _census.Stages)
            Line($"stage {stage,-10} {counts.Sum(),12:N0} of the traced: {Ends(counts)}");

        foreach (DropReason reason in Enum.GetValues<DropReason>().OrderByDescending(reason => _drops[(int)reason]))
        {
            if (_drops[(int)reason] > 0) Line($"drop {DropReasonNames.Of(reason),-18} {_drops[(int)reason],14:N0}");
        }

        Line($"never hit: {(NeverHit.IsEmpty ? "none" : string.Join(", ", NeverHit))}");
    }

    private static string Ends(long[] counts) => string.Join(
        ", ", Enum.GetValues<Disposition>().Where(end => counts[(int)end] > 0).Select(end => Invariant($"{end} {counts[(int)end]:N0}")));

    private long Sum(Func<World, long> count) => _worlds.Sum(count);

    private string Replies() => string.Join(", ", Enum.GetValues<ReplyKind>().Where(kind => kind != ReplyKind.None).Select(kind =>
        Invariant($"{kind} {Sum(world => world.Output.RepliesByKind[(int)kind]):N0}")));

    private void Line(FormattableString line) => _text.WriteLine(Invariant(line));
}
