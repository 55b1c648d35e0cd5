using System.Collections.Immutable;

namespace Appliance.Reports.Page;

/// <summary>A whole and its parts, side by side. A part that is not nought is always wide enough to be seen.</summary>
internal static class PartsBar
{
    /// <param name="name">What the whole is.</param>
    /// <param name="scale">What fills the whole width, at least the parts together.</param>
    /// <param name="parts">Their colours as classes of the page's style, their names and frames.</param>
    public static Markup Render(string name, long scale, params ImmutableArray<(string Kind, string Name, long Frames)> parts)
    {
        long whole = parts.Sum(part => part.Frames);
        return Markup.Of($"""
            <div class="parts" role="img" aria-label="{name}: {string.Join(", ", parts.Select(part => Words(part, whole)))}">
            {parts.Where(part => part.Frames > 0).Select(part => Part(part, whole))}{Rest(scale - whole)}</div>
            <ul class="legend">{parts.Select(part => Legend(part, whole))}</ul>
            """);
    }

    private static Markup Part((string Kind, string Name, long Frames) part, long whole) => Markup.Of(
        $"""<i class="{part.Kind}" style="flex-grow:{part.Frames}" title="{Words(part, whole)}"></i>""");

    private static Markup Rest(long rest) => rest > 0 ? Markup.Of($"""<i style="flex-grow:{rest}"></i>""") : Markup.Nothing;

    private static Markup Legend((string Kind, string Name, long Frames) part, long whole) => Markup.Of($"""
        <li><i class="swatch {part.Kind}"></i>{part.Name} <b>{Quantity.Count(part.Frames)}</b>
        <small>{Quantity.Percent(part.Frames, whole)}</small></li>
        """);

    private static string Words((string Kind, string Name, long Frames) part, long whole) =>
        $"{part.Name} {Quantity.Count(part.Frames)} ({Quantity.Percent(part.Frames, whole)})";
}
