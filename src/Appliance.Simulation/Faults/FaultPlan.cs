namespace Appliance.Simulation;

/// <summary>What goes wrong in a world, drawn from its seed.</summary>
internal static class FaultPlan
{
    private const long Between = 4 * Duration.Second;                   // faults, on average at most

    /// <summary>At least one; all is right again at <paramref name="end"/>.</summary>
    /// <param name="chance">Of the plan.</param>
    /// <param name="begin">Nanoseconds since the beginning of the world.</param>
    /// <param name="end">Likewise.</param>
    public static IReadOnlyList<Fault> Draw(WorldRandom chance, long begin, long end)
    {
        int count = 1 + chance.Below((int)((end - begin) / Between) + 1);
        return [.. Enumerable.Range(0, count).Select(_ => One(chance, begin, end)).OrderBy(fault => fault.At)];
    }

    private static Fault One(WorldRandom chance, long begin, long end)
    {
        FaultKind kind = chance.OneOf(Enum.GetValues<FaultKind>());
        long at = chance.Between(begin, end - Duration.Second);
        long longest = Math.Min(end - at, chance.OneOf(50 * Duration.Millisecond, Duration.Second, 8 * Duration.Second));
        long lasts = chance.Between(Duration.Millisecond, longest);
        bool isOfBox = kind >= FaultKind.Kill;
        return new Fault(kind, at, lasts, chance.Below(isOfBox ? 2 : 5), AmountOf(kind, chance), chance.Below(2));
    }

    private static long AmountOf(FaultKind kind, WorldRandom chance) => kind switch
    {
        FaultKind.Lossy => chance.OneOf(10, 100, 300, 900),
        FaultKind.Doubling => chance.OneOf(100, 500, 1000),
        FaultKind.Late => chance.OneOf(Duration.Millisecond, 30 * Duration.Millisecond, 2 * Duration.Second),
        FaultKind.ClockJump => chance.OneOf(Duration.Millisecond, 50 * Duration.Millisecond, 2 * Duration.Second, 3600 * Duration.Second),
        _ => 0,
    };
}
