namespace Appliance.Configuration.Keys;

/// <summary>A key that a section of the configuration knows, and the shape of what stands behind it.</summary>
internal abstract record Key(string Name)
{
    public bool IsRequired { get; init; }

    /// <summary>What would be right, to stand after "expected".</summary>
    public abstract string Expected { get; }
}
