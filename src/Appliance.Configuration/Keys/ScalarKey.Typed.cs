namespace Appliance.Configuration.Keys;

internal sealed record ScalarKey<T>(string Name, ValueKind<T> TypedKind) : ScalarKey(Name, TypedKind)
    where T : notnull;
