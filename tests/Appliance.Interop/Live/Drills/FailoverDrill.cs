using System.Globalization;
using Appliance.Reports.Page;
using Appliance.Simulation;

namespace Appliance.Interop.Live.Drills;

/// <summary>
/// A drill of two processes: rounds of scenarios, what each step has cost, and of the latest round what there is to draw.
/// </summary>
internal sealed class FailoverDrill : IDisposable
{
    private const int MillisecondsAround = 400;                         // of datagrams, before and behind each step

    private readonly DrillPair _pair;
    private readonly List<(DrillStep Step, long From, long To)> _round = [];
    private long _begin;
    private int _firstNumber;

    public FailoverDrill(DrillSize size, bool hasLane) => (Size, _pair) = (size, new DrillPair(size, hasLane));

    public DrillSize Size { get; }

    public DrillPair Pair => _pair;

    public List<DrillResult> Results { get; } = [];

    /// <summary>Called with what is being done, and with what it has cost.</summary>
    public Action<string> OnStep { get; set; } = _ => { };

    public Action<DrillResult> OnResult { get; set; } = _ => { };

    public void Run(DrillScenario[] scenarios)
    {
        for (int turn = 0; turn < Size.Times; turn++)
        {
            _round.Clear();
            _begin = MasterWatch.Now;
            _firstNumber = _pair.Echo.Next;
            foreach (DrillScenario scenario in scenarios)
            {
                foreach (DrillStep step in scenario.Steps(turn)) Do(step, isBurst: turn % 2 == 0);
            }

            foreach (int box in _pair.Awake) _pair.Watch.Collect(box);
        }
    }

    /// <summary>Of the latest round, and the verdict of all.</summary>
    public DrillFacts Facts(DrillVerdict verdict)
    {
        long end = MasterWatch.Now;
        var steps = Results.TakeLast(_round.Count).ToArray();
        return new DrillFacts(
            "Two processes",
            string.Create(
                CultureInfo.InvariantCulture,
                $"Two appliances in network namespaces, {Size.Connections} TCP connections and {Size.UdpFlows} UDP flows through NAT "
                + $"and rules, {Size.DatagramsPerSecond} numbered datagrams a second; the last of {Size.Times} rounds is drawn."),
            [.. verdict.Lines.Select(line => (line.IsGood, line.Words))],
            [.. verdict.Figures],
            Picture(end),
            [
                .. steps.SelectMany(EventsOf).Concat(_pair.Watch.Events(_begin, end)).OrderBy(happened => happened.At),
            ],
            [.. verdict.Notes]);
    }

    public void Dispose() => _pair.Dispose();

    /// <summary>
    /// Flows are counted in a burst of all of them: in one round at once behind the step, for whoever takes over is to know all neighbours,
    /// and in the next behind the datagrams of which the gap is taken, for a burst of questions is more than these processors do in time.
    /// </summary>
    private void Do(DrillStep step, bool isBurst)
    {
        _pair.AwaitEqual();
        OnStep(step.Name);
        int first = _pair.Echo.Next;
        Dictionary<string, long> drops = _pair.Watch.CountDrops(_pair.Awake);
        AwaitDatagrams();
        long late = _pair.LaneLate, at = MasterWatch.Now;
        step.Happens(_pair);
        _pair.AwaitMaster(step.Master);
        if (!isBurst) AwaitDatagrams();
        int calm = _pair.Echo.Next;
        (int connections, int udpFlows) = _pair.Flows.Count();
        AwaitDatagrams();
        long end = MasterWatch.Now;
        EchoTally echo = _pair.Echo.Tally(first, _pair.Echo.Next - 1);
        if (!isBurst) echo = echo.WithGapOf(_pair.Echo.Tally(first, calm - 1));
        (int, int)? atWaking = step.Wakes ? _pair.EndWaking(at) : null;
        foreach (int box in _pair.Awake) _pair.Watch.Collect(box);
        var result = new DrillResult(step, at, echo, connections, udpFlows, _pair.CountMasters(), LaterThan(late))
        {
            IsBurst = isBurst,
            AtWaking = atWaking,
            Dropped = string.Join(", ", _pair.Watch.CountDrops(_pair.Awake)
                .Select(count => (count.Key, Drops: count.Value - drops.GetValueOrDefault(count.Key)))
                .Where(count => count.Drops > 0).Select(count => $"{count.Key} {count.Drops}")),
        };
        _round.Add((step, at, end));
        Results.Add(result);
        OnResult(result);
    }

    /// <summary>What is known of the lane's thread is how late it ever was: of a step, if it was later than before.</summary>
    private long LaterThan(long before)
    {
        long now = _pair.LaneLate;
        return now > before ? now : 0;
    }

    /// <summary>Waits until so many more have been sent as go in <see cref="MillisecondsAround"/>.</summary>
    private void AwaitDatagrams()
    {
        int until = _pair.Echo.Next + (Size.DatagramsPerSecond * MillisecondsAround / 1000);
        Eventually.Is(() => _pair.Echo.Next >= until);
    }

    private DrillPicture Picture(long end) => new(
        end - _begin,
        [.. _pair.Watch.Spans(_begin, end)],
        [.. _round.Select(done => new DrillSpan(0, done.Step.Name, done.From - _begin, done.To - _begin))],
        [
            .. _pair.Adverts.SelectMany(adverts => adverts.Adverts)
                .Select(advert => (Box: advert.Sender - 11, At: WallClock.ToMonotonic(advert.Time) - _begin))
                .Where(advert => advert.At >= 0 && advert.Box is (0 or 1)),
        ],
        [.. _pair.Echo.Answers(_firstNumber, _pair.Echo.Next - 1).Select(at => at - _begin)]);

    private IEnumerable<TimelineEvent> EventsOf(DrillResult result)
    {
        yield return new TimelineEvent(result.At - _begin, "drill", result.Step.Name);
        if (result.Echo.Gap < 10_000_000 && result.Echo.Lost == 0) yield break;
        yield return new TimelineEvent(
            result.Echo.GapFrom + result.Echo.Gap - _begin, "flows",
            string.Create(
                CultureInfo.InvariantCulture,
                $"the first answer for {result.Echo.Gap / 1e6:0.0} ms ({result.Echo.GapBeside / 1e6:0.0} ms beside the pair); "
                + $"{result.Echo.Lost} lost"));
    }
}
