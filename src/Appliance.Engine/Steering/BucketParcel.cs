using System.Collections.Immutable;

namespace Appliance.Engine;

/// <summary>What one worker kept of some buckets, on its way to another: by bucket, then by keeper. Buckets of which nothing was kept count
/// as well.</summary>
internal sealed class BucketParcel
{
    private readonly object?[][] _kept;

    private BucketParcel(ImmutableArray<ushort> buckets, object?[][] kept) => (Buckets, _kept) = (buckets, kept);

    public ImmutableArray<ushort> Buckets { get; }

    public static BucketParcel Pack(IEnumerable<ushort> buckets, ImmutableArray<IBucketState> keepers)
    {
        ImmutableArray<ushort> all = [.. buckets];
        return new BucketParcel(all, [.. all.Select(bucket => keepers.Select(keeper => keeper.Detach(bucket)).ToArray())]);
    }

    public void Unpack(ImmutableArray<IBucketState> keepers)
    {
        for (int i = 0; i < Buckets.Length; i++)
        {
            for (int keeper = 0; keeper < keepers.Length; keeper++)
                keepers[keeper].Attach(Buckets[i], _kept[i][keeper]);
        }
    }
}
