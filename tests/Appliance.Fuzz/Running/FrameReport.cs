using System.Collections.Immutable;
using System.Globalization;
using Appliance.Engine;
using Appliance.Fuzz.Oracle;
using Appliance.Fuzz.Worlds;

namespace Appliance.Fuzz.Running;

/// <summary>
/// How far the frames came: what they met and how they ended, so that a run that only bounces off the door is seen to do so.
/// </summary>
internal sealed class FrameReport
{
    /// <summary>Reasons of records, of the firewall and of the program: no stage of today's path gives them.</summary>
    private static readonly ImmutableArray<DropReason> Elsewhere =
    [
        DropReason.None, DropReason.LinkType, DropReason.CapturedShort, DropReason.FrameTooLong, DropReason.ReplayEnded,
        DropReason.Block, DropReason.StateLimit, DropReason.NatExhausted, DropReason.TcpWindow, DropReason.ReassemblyTimeout,
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
        Line($"frames: {frames:N0} in {elapsed.TotalSeconds:F1} s, {frames / Math.Max(elapsed.TotalSeconds, 1e-9):N0} a second, {allocated / (double)Math.Max(1, frames):F3} bytes allocated a frame");
        Line($"worlds: {string.Join(", ", _worlds.Select(world => $"{world.Recipe.Name} ({world.WorkerCount})"))}; handed over {_worlds.Sum(world => world.HandedOff):N0}");
        Line($"left: {_worlds.Sum(world => world.Output.Transmitted):N0} frames, {_worlds.Sum(world => world.Output.Forwarded):N0} of them forwarded, {_worlds.Sum(world => world.Output.Fragments):N0} fragments");
        Line($"consumed: {_worlds.Sum(world => world.Consumed):N0}; answers: {Replies()}");
        foreach ((string stage, long[] counts) in _census.Stages)
        {
            string ends = string.Join(", ", Enum.GetValues<Disposition>().Where(end => counts[(int)end] > 0).Select(end => $"{end} {counts[(int)end]:N0}"));
            Line($"stage {stage,-10} {counts.Sum(),12:N0} of the traced: {ends}");
        }

        foreach (DropReason reason in Enum.GetValues<DropReason>().Where(reason => _drops[(int)reason] > 0).OrderByDescending(reason => _drops[(int)reason]))
            Line($"drop {DropReasonNames.Of(reason),-18} {_drops[(int)reason],14:N0}");
        Line($"never hit: {(NeverHit.IsEmpty ? "none" : string.Join(", ", NeverHit))}");
    }

    private string Replies() => string.Join(", ", Enum.GetValues<ReplyKind>().Where(kind => kind != ReplyKind.None).Select(kind =>
        string.Create(CultureInfo.InvariantCulture, $"{kind} {_worlds.Sum(world => world.Output.RepliesByKind[(int)kind]):N0}")));

    private void Line(FormattableString line) => _text.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
