using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Configuration;

/// <summary>
/// Virtual RSS. <see cref="Key" /> has 40 bytes when it is given and is empty otherwise; <see cref="IndirectionEntries" /> is a power of
/// two, 16–256.
/// </summary>
public sealed record SteeringModel(
    SteeringKeyKind KeyKind,
    ImmutableArray<byte> Key,
    int IndirectionEntries,
    HashTypes HashTypes,
    bool Rebalance)
{
    public const int KeyBytes = 40;
    public const int DefaultIndirectionEntries = 128;
}
