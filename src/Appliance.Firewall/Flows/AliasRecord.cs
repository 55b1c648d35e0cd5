using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>
/// One cache line in the shard of the bucket where frames arrive whose state belongs to another bucket: it says to which. It carries no
/// time: it goes when no state wants it any more, or with its bucket.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
public struct AliasRecord
{
    public const int SizeBytes = 64;

    [FieldOffset(0)] internal FlowKey WireKey;
    [FieldOffset(40)] internal BucketLink InBucket;
    [FieldOffset(48)] internal ushort OwnBucket;
    [FieldOffset(50)] internal ushort StateBucket;
    [FieldOffset(52)] internal short WantedOnWire;      // of Wanted; modulo 2^16, which is right whenever the sum is small in the end
    [FieldOffset(54)] internal short LentOnWire;
    [FieldOffset(56)] internal int Wanted;
    [FieldOffset(60)] internal int Lent;

    /// <summary>As the frames arrive, on the wire.</summary>
    public readonly FlowKey Key => WireKey;

    /// <summary>Where they arrive.</summary>
    public readonly ushort Bucket => OwnBucket;

    /// <summary>The bucket whose owner has the state.</summary>
    public readonly ushort Owner => StateBucket;

    /// <summary>
    /// States that want it. Not above 0, and the alias is not found: some have ended of which nobody has heard here that they were made.
    /// Letters of different workers come in any order, and a sum is the same in any.
    /// </summary>
    public readonly int Count => Wanted + Lent;

    /// <summary>
    /// Whether frames of the key find one of these states where they come in. Else they would where they go out, if nothing translated
    /// them on the way: they are known less surely.
    /// </summary>
    public readonly bool IsOnWire => (short)(WantedOnWire + LentOnWire) > 0;

    internal readonly bool IsSettled => (Wanted, Lent, WantedOnWire, LentOnWire) == (0, 0, 0, 0);
}
