namespace Appliance.Firewall;

/// <summary>
/// What a table is made for. Address space is taken for all of it, memory only as it comes into use: since any worker may come to own all
/// buckets, each table is made for the limit of the whole appliance.
/// </summary>
/// <param name="MaxStates">The largest limit that will ever be set while the table lives.</param>
/// <param name="MaxAliases">One more key each.</param>
/// <param name="Buckets">Of the indirection table.</param>
public readonly record struct FlowTableSize(int MaxStates, int MaxAliases, int Buckets);
