namespace Appliance.Configuration.Keys;

/// <summary>A list of at most <see cref="MaximumItems"/> values; or, where it says so, one value that stands for a list of one.</summary>
internal record ListKey(string Name, ValueKind Kind, int MaximumItems) : Key(Name)
{
    public bool TakesOne { get; init; }

    /// <summary>An empty list is an error.</summary>
    public bool IsNonEmpty { get; init; }

    public override string Expected => TakesOne ? $"{Kind.Expected}, or a list of these" : $"a list, each item {Kind.Expected}";
}
