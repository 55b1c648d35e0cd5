namespace Appliance.Reports.Page;

/// <summary>One number as a length beside others of the same scale.</summary>
internal static class LengthBar
{
    /// <param name="kind">A class of the page's style that gives the colour.</param>
    /// <param name="whole">The number that fills the whole width; 0 where there is nothing to show.</param>
    /// <param name="mark">Where to put a mark, on the same scale, or null.</param>
    public static Markup Render(string kind, string label, double value, double whole, double? mark = null) => Markup.Of($"""
        <svg class="length" role="img" aria-label="{label}"><rect class="track" width="100%" height="100%"/>
        <rect class="{kind}" width="{Percent(value, whole)}" height="100%"/>{Mark(mark, whole)}<title>{label}</title></svg>
        """);

    private static Markup Mark(double? mark, double whole) => mark is not { } at || whole <= 0 ? Markup.Nothing : Markup.Of(
        $"""<line class="mark" x1="{Percent(at, whole)}" x2="{Percent(at, whole)}" y1="0" y2="100%"/>""");

    private static string Percent(double value, double whole) => TimeAxis.Percent(whole <= 0 ? 0 : 100 * value / whole);
}
