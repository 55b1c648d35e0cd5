using Appliance.Engine;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>Every event in every state, on a whole box: what it becomes and what it asks for.</summary>
public sealed class CarpTransitionsTests
{
    private const string Up = "take over, advertise 1+100, announce 192.0.2.10";

    /// <summary>The event; then, for INIT, BACKUP and MASTER, the state after it and what is to be done.</summary>
    public static TheoryData<CarpEvent, CarpState, CarpState, string> Table
    {
        get
        {
            var rows = new TheoryData<CarpEvent, CarpState, CarpState, string>();
            Add(CarpEvent.Ready, "BACKUP:", "BACKUP:", "MASTER:");
            Add(CarpEvent.NotReady, "INIT:", "INIT:", "INIT:stand down");
            Add(CarpEvent.HeardFaster, "INIT:", "BACKUP:", "BACKUP:stand down");
            Add(CarpEvent.HeardEqual, "INIT:", "BACKUP:", "BACKUP:stand down");
            Add(CarpEvent.HeardSlower, "INIT:", "BACKUP:", "MASTER:advertise 1+100");
            Add(CarpEvent.HeardPreemptable, "INIT:", "MASTER:" + Up, "MASTER:advertise 1+100");
            Add(CarpEvent.HeardLeaving, "INIT:", "MASTER:" + Up, "MASTER:advertise 1+100");
            Add(CarpEvent.MasterSilent, "INIT:", "MASTER:" + Up, "MASTER:");
            Add(CarpEvent.AdvertisementDue, "INIT:", "BACKUP:", "MASTER:advertise 1+100");
            Add(CarpEvent.WokeLate, "INIT:", "BACKUP:", "BACKUP:stand down");
            Add(CarpEvent.PeerYields, "INIT:", "MASTER:" + Up, "MASTER:");
            Add(CarpEvent.Outranked, "INIT:", "BACKUP:", "BACKUP:stand down");
            Add(CarpEvent.Promote, "INIT:", "MASTER:" + Up, "MASTER:");
            Add(CarpEvent.HandOver, "INIT:", "BACKUP:", "BACKUP:advertise 255+255, stand down");
            Add(CarpEvent.Stop, "INIT:", "INIT:", "INIT:advertise 255+255, stand down");
            return rows;

            void Add(CarpEvent happened, params string[] outcomes)
            {
                for (int state = 0; state < outcomes.Length; state++)
                {
                    string[] parts = outcomes[state].Split(':');
                    rows.Add(happened, (CarpState)state, Named(parts[0]), parts[1]);
                }
            }
        }
    }

    [Fact]
    public void The_table_has_every_pair() =>
        Assert.Equal(Enum.GetValues<CarpEvent>().Length * Enum.GetValues<CarpState>().Length, Table.Count);

    [Theory]
    [MemberData(nameof(Table))]
    public void Every_event_in_every_state_does_what_it_should(CarpEvent happened, CarpState before, CarpState after, string asked)
    {
        CarpBench bench = In(before, happened);
        bench.Take();
        ulong transitions = bench.Group.Transitions;
        Cause(bench, happened);
        Assert.Equal(after, bench.Group.State);
        Assert.Equal(asked, bench.Take());
        Assert.Equal(before == after ? 0ul : 1ul, bench.Group.Transitions - transitions);
        if (before != after) Assert.Equal((before, after, happened), Last(bench));
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void Timers_run_in_the_states_that_need_them(CarpEvent happened, CarpState before, CarpState after, string asked)
    {
        CarpBench bench = In(before, happened);
        Cause(bench, happened);
        long wait = bench.Node.NextDeadline == MonotonicTime.Never ? 0 : bench.Node.NextDeadline - bench.Now;
        Assert.True(after == CarpState.Initial ? wait == 0 : wait is > 0 and <= (3 * Second) + (100 * Skew), $"{asked}: {wait} ns");
    }

    private static (CarpState From, CarpState To, CarpEvent Cause) Last(CarpBench bench)
    {
        CarpTimelineEntry entry = bench.Node.Timeline.Entries.Last();
        Assert.Equal(bench.Now, entry.Time);
        return (entry.From, entry.To, entry.Cause);
    }

    private static CarpState Named(string word) => Enum.GetValues<CarpState>().Single(state => CarpWords.Of(state) == word);

    private static CarpBench In(CarpState state, CarpEvent next)
    {
        bool preempts = next == CarpEvent.HeardPreemptable;
        var bench = new CarpBench(Settings(OnWan(skew: 100)) with { Preempts = preempts });
        if (state == CarpState.Initial) bench.SetPort(Wan, LinkState.Down);
        if (state == CarpState.Initial) bench.Node.Ledger.Set(DemotionCause.InterfaceDown, "1@wan", 0, bench.Now);
        if (state == CarpState.Master) bench.Do(now => bench.Node.Force(bench.Group, master: true, now));
        bench.Pass(Second / 2 * 3 / 2);                               // past the first announcements, before the second advertisement
        Assert.Equal(state, bench.Group.State);
        return bench;
    }

    private static void Cause(CarpBench bench, CarpEvent happened)
    {
        switch (happened)
        {
            case CarpEvent.Ready: bench.SetPort(Wan, LinkState.Up); break;
            case CarpEvent.NotReady: bench.SetPort(Wan, LinkState.Down); break;
            case CarpEvent.HeardFaster: bench.Hear(bench.Group, new CarpInterval(1, 99)); break;
            case CarpEvent.HeardEqual: bench.Hear(bench.Group, new CarpInterval(1, 100)); break;
            case CarpEvent.HeardSlower or CarpEvent.HeardPreemptable: bench.Hear(bench.Group, new CarpInterval(1, 101)); break;
            case CarpEvent.HeardLeaving: bench.Hear(bench.Group, CarpInterval.Leaving); break;
            case CarpEvent.Stop: bench.Do(bench.Node.Stop); break;
            case CarpEvent.Promote: bench.Do(now => bench.Node.Force(bench.Group, master: true, now)); break;
            case CarpEvent.HandOver: bench.Do(now => bench.Node.Force(bench.Group, master: false, now)); break;
            case CarpEvent.WokeLate: bench.Freeze(10 * Second); break;
            default: bench.Do(now => bench.Group.Apply(happened, now)); break;
        }
    }
}
