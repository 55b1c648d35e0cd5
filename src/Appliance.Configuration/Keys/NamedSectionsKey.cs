namespace Appliance.Configuration.Keys;

/// <summary>A mapping from names to sections of one kind, at least one and at most <see cref="MaximumItems"/>.</summary>
internal sealed record NamedSectionsKey(string Name, ValueKind<string> NameKind, Section Section, int MaximumItems) : Key(Name)
{
    public override string Expected => $"a mapping from names to mappings with keys such as {Section.SomeKeys}";
}
