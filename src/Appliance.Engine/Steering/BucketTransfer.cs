namespace Appliance.Engine;

/// <summary>One bucket that changes its owner.</summary>
public readonly record struct BucketTransfer(ushort Bucket, ushort From, ushort To);
