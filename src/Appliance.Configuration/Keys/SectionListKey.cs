namespace Appliance.Configuration.Keys;

/// <summary>A list of sections of one kind, at most <see cref="MaximumItems"/>.</summary>
internal sealed record SectionListKey(string Name, Section Section, int MaximumItems) : Key(Name)
{
    public override string Expected => $"a list, each item a mapping with keys such as {Section.SomeKeys}";
}
