namespace Appliance.Reports.Page;

/// <summary>A part of the page under a heading.</summary>
internal static class PageSection
{
    /// <param name="id">What a link to it names.</param>
    /// <param name="note">One or two sentences on how to read it.</param>
    public static Markup Of(string id, string title, string note, params IEnumerable<Markup> content) => Markup.Of($"""
        <section id="{id}">
        <h2>{title}</h2><p class="note">{note}</p>
        {content}
        </section>

        """);
}
