using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// A pool as a rule names it, without the secret by which <see cref="AddressPool"/> chooses. It may have addresses of both families where
/// its rule is for both; each family is a pool of its own then.
/// </summary>
public sealed record PoolSpec(PoolKind Kind, ImmutableArray<PoolMember> Members)
{
    /// <summary><c>sticky-address</c>.</summary>
    public bool IsSticky { get; init; }

    /// <summary>The key of <c>source-hash</c>; null: none is given, and the secret decides.</summary>
    public UInt128? HashKey { get; init; }

    /// <summary>The pool of one family. It is empty where the members have no address of it.</summary>
    public AddressPool ToPool(bool isV6, KeyedRandom secret) => new(Kind, isV6, Members, IsSticky, RandomOf(secret));

    public bool Equals(PoolSpec? other) =>
        other is not null && Kind == other.Kind && IsSticky == other.IsSticky && HashKey == other.HashKey
        && Members.AsSpan().SequenceEqual(other.Members.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Kind, Members.Length, IsSticky, HashKey);

    private KeyedRandom RandomOf(KeyedRandom secret) =>
        HashKey is { } key ? new KeyedRandom((ulong)(key >> 64), (ulong)key) : secret;
}
