namespace Appliance.Firewall;

/// <summary>
/// What one rule translates, resolved and immutable: a source, a destination, or both. <see cref="Rule.Translation"/> is an index into a
/// list of these. Whoever translates works by the <see cref="LiveTranslation"/> made of it.
/// </summary>
public sealed record RuleTranslation
{
    public SourceSpec? Source { get; init; }
    public DestinationSpec? Destination { get; init; }
}
