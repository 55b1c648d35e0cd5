using Xunit;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>
/// Every state and every event of RFC 4861 §7.3 and Appendix C, with its section's rules for advertisements (§7.2.5), and of what a peer
/// tells, against the table written out by hand. A cell is the next state, with ! where the MAC address is taken over, ? where something is
/// asked; a dot: nothing.
/// </summary>
public sealed class NeighbourTransitionsTests
{
    private const string Expected = """
        event                Vacant       Incomplete    Reachable    Stale        Delay        Probe        Failed
        Wanted               Incomplete?  .             .            Delay        .            .            .
        TimerFired           .            Incomplete?   Stale        Vacant       Probe?       Probe?       Vacant
        GivenUp              .            Failed        .            .            .            Failed       .
        SolicitedSame        .            .             Reachable    Reachable    Reachable    Reachable    .
        SolicitedOverride    .            Reachable!    Reachable!   Reachable!   Reachable!   Reachable!   .
        SolicitedOther       .            Reachable!    Stale        .            .            .            .
        UnsolicitedSame      .            .             .            .            .            .            .
        UnsolicitedOverride  .            Stale!        Stale!       Stale!       Stale!       Stale!       .
        UnsolicitedOther     .            Stale!        Stale        .            .            .            .
        HeardSame            .            .             .            .            .            .            .
        HeardOther           Stale!       Stale!        Stale!       Stale!       Stale!       Stale!       Stale!
        Confirmed            .            .             Reachable    Reachable    Reachable    Reachable    .
        Told                 Stale!       Stale!        .            Stale!       .            .            Stale!
        """;

    private static readonly char[] Marks = ['!', '?'];

    public static TheoryData<string, string, string> Cells()
    {
        var cells = new TheoryData<string, string, string>();
        string[][] rows = [.. Expected.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        foreach (string[] row in rows[1..])
        {
            for (int column = 1; column < row.Length; column++) cells.Add(rows[0][column], row[0], row[column]);
        }

        return cells;
    }

    [Fact]
    public void The_table_has_every_pair()
    {
        int pairs = Enum.GetValues<NeighbourState>().Length * Enum.GetValues<NeighbourEvent>().Length;
        Assert.Equal(pairs, Cells().Count);
        Assert.Equal(91, pairs);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void An_entry_goes_where_the_standard_says(string from, string happened, string expected)
    {
        NeighbourState state = Enum.Parse<NeighbourState>(from);
        NeighbourStep step = NeighbourTransitions.Find(state, Enum.Parse<NeighbourEvent>(happened));
        Assert.Equal(expected == "." ? state : Enum.Parse<NeighbourState>(expected.TrimEnd(Marks)), step.State);
        Assert.Equal(expected.EndsWith('!'), step.Actions.HasFlag(NeighbourActions.Record));
        Assert.Equal(expected.EndsWith('?'), step.Actions.HasFlag(NeighbourActions.Solicit));
    }

    [Fact]
    public void Only_a_host_that_is_wanted_or_speaks_to_us_or_the_peer_gets_an_entry()
    {
        NeighbourEvent[] makers = [.. Enum.GetValues<NeighbourEvent>()
            .Where(happened => NeighbourTransitions.Find(NeighbourState.Vacant, happened).State != NeighbourState.Vacant)];
        Assert.Equal([NeighbourEvent.Wanted, NeighbourEvent.HeardOther, NeighbourEvent.Told], makers);
    }

    [Fact]
    public void Who_is_wanted_while_failed_is_noted() =>
        Assert.Equal(NeighbourActions.NoteWanted, NeighbourTransitions.Find(NeighbourState.Failed, NeighbourEvent.Wanted).Actions);
}
