namespace Appliance.Reports.Page;

/// <summary>
/// A piece of a page: HTML that may stand where content may stand. Text that comes from elsewhere enters it through the holes of
/// <see cref="Of"/> only, and is escaped there; so no name of a file or a port can become markup, and nobody has to remember to see to it.
/// </summary>
internal readonly struct Markup
{
    public static readonly Markup Nothing;

    private readonly string? _html;

    private Markup(string html) => _html = html;

    public static Markup Of(MarkupText text) => new(text.ToString());

    public static Markup Join(params IEnumerable<Markup> pieces) => new(string.Concat(pieces));

    public override string ToString() => _html ?? "";
}
