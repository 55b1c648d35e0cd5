using System.Collections.Immutable;

namespace Appliance.Reports.Page;

/// <summary>A small area over time without axes, for comparing rows: all rows share one scale.</summary>
internal static class SparkChart
{
    private const int Height = 1000;
    private const int Least = 35;                                       // about a pixel, for what is little and not nothing

    /// <param name="peak">What fills the whole height; at least 1.</param>
    public static Markup Render(string label, ImmutableArray<long> amounts, long peak) => amounts.IsEmpty ? Markup.Nothing : Markup.Of($"""
        <svg class="spark" role="img" aria-label="{label}" viewBox="0 0 {amounts.Length} {Height}" preserveAspectRatio="none">
        <path class="area own" d="{Area(amounts, peak)}"/></svg>
        """);

    private static string Area(ImmutableArray<long> amounts, long peak)
    {
        int[] edge = [.. amounts.Select(amount => Height - (amount == 0 ? 0 : Math.Max(Least, HeightOf(amount, peak))))];
        return StepPath.Between(edge, [.. Enumerable.Repeat(Height, edge.Length)]);
    }

    private static int HeightOf(long amount, long peak) => (int)Math.Round((double)Height * amount / peak);
}
