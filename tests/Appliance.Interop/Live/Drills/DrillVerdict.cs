using System.Globalization;

namespace Appliance.Interop.Live.Drills;

/// <summary>
/// What a drill's results mean. Flows kept and masters are judged always. Gaps and losses are judged where the datagrams beside the pair
/// came in time; where they did not, what came late or never through the pair says nothing of it. On a machine that is allowed something
/// the thread of the lane must have come in time, too: a box whose own is later than half the detection time stands still by rule. That is
/// its own fault as often as the machine's, so it excuses one step of five, and no more. Gaps are of the rounds without a burst of
/// questions, where there are such.
/// </summary>
internal sealed class DrillVerdict
{
    /// <summary>Frames that a worker has in hand, of each of the two ports.</summary>
    public const int MostAtWaking = 2 * Engine.FrameBatch.DefaultCapacity;

    private const int StepsForOneLate = 5;

    private readonly List<(bool IsGood, string Words)> _lines = [];
    private readonly List<string> _table = [];
    private readonly List<string> _notes = [];
    private readonly List<(string, string, string)> _figures = [];

    /// <param name="results">Of all rounds.</param>
    /// <param name="size">Of the drill.</param>
    /// <param name="allowanceMilliseconds">Added to each bar, and said; 0 where the machine has nothing else to do.</param>
    public DrillVerdict(IReadOnlyList<DrillResult> results, DrillSize size, int allowanceMilliseconds)
    {
        _table.Add(
            "step                   times  flows kept     gap p50    p99    max ms  beside  lost of sent      lane late ms  in a burst");
        JudgeKept(results, size);
        JudgeMasters(results);
        foreach (IGrouping<string, DrillResult> step in results.GroupBy(result => result.Step.Name, StringComparer.Ordinal))
        {
            DrillResult[] all = [.. step];
            Tabulate(all);
            JudgeStep(all, size, allowanceMilliseconds);
        }

        JudgeWaking(results);
        Summarize(results, size);
    }

    public bool IsGood => _lines.All(line => line.IsGood);

    public IReadOnlyList<(bool IsGood, string Words)> Lines => _lines;

    /// <summary>A line for each step, under a head.</summary>
    public IReadOnlyList<string> Table => _table;

    /// <summary>What could not be judged.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public IReadOnlyList<(string Name, string Value, string More)> Figures => _figures;

    /// <summary>The nearest rank; not a number where there are none.</summary>
    public static double Percentile(IEnumerable<double> values, int percent)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * percent / 100.0) - 1)];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<double> Gaps(IEnumerable<DrillResult> results) => results.Select(result => result.Echo.Gap / 1e6);

    /// <summary>Of some of all: those without a burst, if any of all was without.</summary>
    private static DrillResult[] Calm(IReadOnlyList<DrillResult> all, IReadOnlyList<DrillResult> some) =>
        all.All(result => result.IsBurst) ? [.. some] : [.. some.Where(result => !result.IsBurst)];

    private void JudgeKept(IReadOnlyList<DrillResult> results, DrillSize size)
    {
        DrillResult[] judged = [.. results.Where(result => result.Step.KeepsFlows)];
        if (judged.Length == 0) return;
        DrillResult worst = judged.MinBy(result => result.Connections + result.UdpFlows)!;
        bool isGood = worst.Connections == size.Connections && worst.UdpFlows == size.UdpFlows;
        string after = isGood ? $"after each of {judged.Length} steps" : $"after {worst.Step.Name}";
        string kept = Text($"{worst.Connections} of {size.Connections} connections and {worst.UdpFlows} of {size.UdpFlows} UDP flows");
        _lines.Add((isGood, $"{kept} kept {after}"));
    }

    private void JudgeMasters(IReadOnlyList<DrillResult> results)
    {
        DrillResult? wrong = results.FirstOrDefault(result => !result.HasOneMaster);
        _lines.Add((wrong is null, wrong is null
            ? "one master of each group after every step"
            : $"after {wrong.Step.Name} groups have {string.Join(", ", wrong.Masters)} masters"));
    }

    private void JudgeStep(DrillResult[] all, DrillSize size, int allowance)
    {
        DrillStep step = all[0].Step;
        double mostLate = allowance == 0 ? double.PositiveInfinity : size.DetectMilliseconds * 1e6 / 2;
        DrillResult[] onTime = [.. all.Where(result => result.IsMachineOnTime || (step.IsPlanned && result.Echo.Lost == 0))];
        if (onTime.Length < all.Length)
            _notes.Add($"{step.Name}: {all.Length - onTime.Length} of {all.Length}, in which the machine itself was late");
        DrillResult[] late = [.. onTime.Where(result => result.LaneLate > mostLate && !(step.IsPlanned && result.Echo.Lost == 0))];
        bool isExcused = late.Length <= Math.Max(1, all.Length / StepsForOneLate);
        if (late.Length > 0) _notes.Add($"{step.Name}: {late.Length} of {all.Length}, in which the lane's thread was late");
        DrillResult[] judged = isExcused ? [.. onTime.Except(late)] : onTime;
        if (judged.Length == 0) return;
        if (step.IsPlanned)
        {
            int lost = judged.Sum(result => result.Echo.Lost);
            _lines.Add((lost == 0, Text($"{step.Name}: {lost} of {judged.Sum(result => result.Echo.Sent)} datagrams lost")));
            return;
        }

        DrillResult[] measured = Calm(all, judged);
        if (measured.Length == 0) return;
        double tail = Percentile(Gaps(measured), 99);
        string more = allowance > 0 ? Text($" and {allowance} allowed to the machine") : "";
        bool isGood = tail <= step.BarMilliseconds + allowance;
        _lines.Add((isGood, Text($"{step.Name}: gap p99 {tail:0.0} ms, bar {step.BarMilliseconds}{more}")));
    }

    private void JudgeWaking(IReadOnlyList<DrillResult> results)
    {
        (int Frames, int Adverts)[] woke =
            [.. results.Where(result => result.AtWaking is not null).Select(result => result.AtWaking!.Value)];
        if (woke.Length == 0) return;
        int frames = woke.Max(each => each.Frames), adverts = woke.Sum(each => each.Adverts);
        string words = Text($"who wakes up sends {frames} frames at most and {adverts} adverts before it is master");
        _lines.Add((frames <= MostAtWaking && adverts == 0, words));
    }

    private void Tabulate(DrillResult[] all)
    {
        DrillResult[] calm = Calm(all, all);
        double[] gaps = [.. Gaps(calm)];
        string kept = all[0].Step.KeepsFlows
            ? Text($"{all.Min(result => result.Connections)} + {all.Min(result => result.UdpFlows)}")
            : "-";
        string gap = Text($"{Percentile(gaps, 50),9:0.0} {Percentile(gaps, 99),6:0.0} {gaps.Max(),6:0.0}");
        string beside = Text($"{calm.Max(result => result.Echo.GapBeside) / 1e6,9:0.0}");
        string lost = Text($"{all.Sum(result => result.Echo.Lost),5} of {all.Sum(result => result.Echo.Sent),-8}");
        string late = Text($"{all.Max(result => result.LaneLate) / 1e6,9:0.0}");
        string burst = Text($"{Gaps(all.Where(result => result.IsBurst)).DefaultIfEmpty().Max(),10:0.0}");
        _table.Add(Text($"{all[0].Step.Name,-22} {all.Length,5}  {kept,-12} {gap} {beside} {lost} {late} {burst}"));
    }

    private void Summarize(IReadOnlyList<DrillResult> results, DrillSize size)
    {
        DrillResult[] kept = [.. results.Where(result => result.Step.KeepsFlows)];
        DrillResult[] sudden = [.. results.Where(result => !result.Step.IsPlanned)];
        DrillResult[] planned = [.. results.Where(result => result.Step.IsPlanned)];
        if (kept.Length > 0)
        {
            string fewest = Text($"{kept.Min(result => result.Connections)} of {size.Connections}");
            _figures.Add(("Connections kept", fewest, "the fewest after any step"));
        }

        if (sudden.Length > 0)
        {
            DrillResult[] calm = Calm(sudden, sudden);
            string more = Text($"p99 of {calm.Length}; half within {Percentile(Gaps(calm), 50):0.0} ms");
            _figures.Add(("Gap, unplanned", Text($"{Percentile(Gaps(calm), 99):0.0} ms"), more));
        }

        if (planned.Length > 0)
        {
            string more = Text($"of {planned.Sum(result => result.Echo.Sent)} numbered datagrams");
            _figures.Add(("Lost, planned", Text($"{planned.Sum(result => result.Echo.Lost)}"), more));
        }

        _figures.Add(("Lane late", Text($"{results.Max(result => result.LaneLate) / 1e6:0.0} ms"), "at most, on the box that stays"));
    }
}
