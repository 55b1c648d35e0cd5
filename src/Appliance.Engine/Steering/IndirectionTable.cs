using System.Collections.Immutable;
using System.Numerics;

namespace Appliance.Engine;

/// <summary>Which worker owns each bucket; a hash's low bits choose the bucket.</summary>
public sealed class IndirectionTable
{
    /// <summary>Buckets a table may have.</summary>
    public const int MaxBuckets = 4096;

    private readonly ushort[] _owners;

    /// <param name="owners">By bucket; a power of two of them.</param>
    public IndirectionTable(ImmutableArray<ushort> owners)
    {
        if (!BitOperations.IsPow2(owners.Length)) throw new ArgumentException("A table has a power of two of buckets.", nameof(owners));
        if (owners.Length > MaxBuckets) throw new ArgumentException($"A table has at most {MaxBuckets} buckets.", nameof(owners));
        _owners = [.. owners];
    }

    /// <summary>The initial table: bucket i belongs to worker i modulo the workers.</summary>
    public static IndirectionTable Even(int buckets, int workers) =>
        new([.. Enumerable.Range(0, buckets).Select(bucket => (ushort)(bucket % workers))]);

    public int Buckets => _owners.Length;

    public ImmutableArray<ushort> Owners => [.. _owners];

    public ushort BucketOf(uint hash) => (ushort)(hash & (uint)(_owners.Length - 1));

    public ushort OwnerOf(ushort bucket) => _owners[bucket];
}
