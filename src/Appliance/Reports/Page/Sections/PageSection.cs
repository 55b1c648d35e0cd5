namespace Appliance.Reports.Page;

/// <summary>A part of the page under a heading.</summary>
internal static class PageSection
{
    /// <param name="note">One or two sentences on how to read it.</param>
    public static Markup Of(string title, string note, params IEnumerable<Markup> content) => Markup.Of($"""
        <section>
        <h2>{title}</h2><p class="note">{note}</p>
        {content}
        </section>

        """);
}
