using System.Diagnostics;
using System.Text.Json;
using Appliance.Engine;
using Appliance.Simulation;

namespace Appliance.Interop.Live.Drills;

/// <summary>
/// Who has what: two boxes, asked by their control sockets, and what they say of their transitions. Times are nanoseconds.
/// </summary>
/// <param name="network">Whose boxes.</param>
internal sealed class MasterWatch(PairNetwork network)
{
    private const long Same = 100_000_000;                              // of two answers, one entry
    private const long Quick = 5_000_000;                               // an answer that tells the time well enough

    private static readonly HashSet<string> s_reasons =
        [.. Enumerable.Range(1, DropReasonNames.Count - 1).Select(reason => DropReasonNames.Of((DropReason)reason))];

    private readonly List<(long At, int Box, string Group, string To, string Text)> _transitions = [];
    private readonly List<(long At, int Box)> _ends = [];               // from here on the box is nobody

    public static long Now => Stopwatch.GetTimestamp();

    /// <summary>By group, what the box is.</summary>
    public Dictionary<string, string> StatesOf(int box) => network.See(box, "show/carp").EnumerateArray().ToDictionary(
        group => $"{group.GetProperty("vhid").GetInt32()}@{group.GetProperty("port").GetString()}",
        group => group.GetProperty("state").GetString()!, StringComparer.Ordinal);

    /// <summary>Its drops, by box and reason: what every later count is compared with.</summary>
    public Dictionary<string, long> CountDrops(IEnumerable<int> boxes) => boxes
        .SelectMany(box => network.See(box, "show/counters").EnumerateObject()
            .Where(counter => s_reasons.Contains(counter.Name))
            .Select(counter => ($"{NameOf(box)} {counter.Name}", counter.Value.GetInt64())))
        .ToDictionary(StringComparer.Ordinal);

    /// <summary>Keeps what a box has to say of its transitions, before it forgets.</summary>
    public void Collect(int box)
    {
        (JsonElement timeline, long now) = AskSoon(box);
        foreach (JsonElement entry in timeline.EnumerateArray())
        {
            long at = now - (long)(entry.GetProperty("secondsAgo").GetDouble() * 1e9);
            string group = entry.GetProperty("group").GetString()!, to = entry.GetProperty("to").GetString()!;
            bool isKnown = _transitions.Any(known =>
                known.Box == box && known.Group == group && known.To == to && Math.Abs(known.At - at) < Same);
            if (!isKnown) _transitions.Add((at, box, group, to, entry.GetProperty("text").GetString()!));
        }
    }

    /// <summary>
    /// The timeline, and when it was true or a little before: times in it are told as seconds ago, so the quickest of a few answers is
    /// best.
    /// </summary>
    private (JsonElement Timeline, long Now) AskSoon(int box)
    {
        (JsonElement Timeline, long Now, long Took) best = (default, 0, long.MaxValue);
        for (int attempt = 0; attempt < 5 && best.Took > Quick; attempt++)
        {
            long before = Now;
            JsonElement timeline = network.See(box, "carp/status").GetProperty("timeline");
            long took = Now - before;
            if (took < best.Took) best = (timeline, before, took);
        }

        return (best.Timeline, best.Now);
    }

    /// <summary>The box acts no more: it is dead, or frozen.</summary>
    public void End(int box) => _ends.Add((Now, box));

    /// <summary>When a box next became master of anything; <see cref="long.MaxValue"/>: it did not.</summary>
    public long MasterFrom(int box, long since) => _transitions
        .Where(transition => transition.Box == box && transition.To == "MASTER" && transition.At >= since)
        .Select(transition => transition.At).DefaultIfEmpty(long.MaxValue).Min();

    /// <summary>What the boxes said, timed from the beginning of that time.</summary>
    public IEnumerable<TimelineEvent> Events(long from, long to) => _transitions
        .Where(transition => transition.At >= from && transition.At <= to)
        .Select(transition => new TimelineEvent(transition.At - from, NameOf(transition.Box), transition.Text));

    /// <summary>Who was master of what from when to when, since <paramref name="from"/>.</summary>
    public IEnumerable<DrillSpan> Spans(long from, long to)
    {
        foreach (var group in _transitions.GroupBy(transition => (transition.Box, transition.Group)))
        {
            (long At, bool IsMaster)[] changes =
            [
                .. group.Select(change => (change.At, change.To == "MASTER"))
                    .Concat(_ends.Where(end => end.Box == group.Key.Box).Select(end => (end.At, false))).OrderBy(change => change.At),
            ];
            for (int i = 0; i < changes.Length; i++)
            {
                long until = i + 1 < changes.Length ? changes[i + 1].At : to;
                if (changes[i].IsMaster && until > from && changes[i].At < to)
                {
                    long begin = Math.Max(0, changes[i].At - from);
                    yield return new DrillSpan(group.Key.Box, group.Key.Group, begin, Math.Min(until, to) - from);
                }
            }
        }
    }

    public static string NameOf(int box) => box == 0 ? "A" : "B";
}
