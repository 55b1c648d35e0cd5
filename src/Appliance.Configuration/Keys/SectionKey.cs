namespace Appliance.Configuration.Keys;

/// <summary>One section: a mapping.</summary>
internal sealed record SectionKey(string Name, Section Section) : Key(Name)
{
    public override string Expected => $"a mapping with keys such as {Section.SomeKeys}";
}
