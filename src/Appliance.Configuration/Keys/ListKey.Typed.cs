namespace Appliance.Configuration.Keys;

internal sealed record ListKey<T>(string Name, ValueKind<T> TypedKind, int MaximumItems) : ListKey(Name, TypedKind, MaximumItems)
    where T : notnull;
