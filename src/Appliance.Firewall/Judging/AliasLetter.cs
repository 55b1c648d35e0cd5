namespace Appliance.Firewall;

/// <summary>What one worker writes to another about an alias that one of its states wants, or wants no more.</summary>
/// <param name="Key">As on the wire where its frames arrive.</param>
/// <param name="Side">Of the state, where frames of either key may find it: the wire's has this one.</param>
/// <param name="Bucket">Where that is; its owner is the reader, or was.</param>
/// <param name="Owner">The bucket of the state.</param>
/// <param name="IsWanted">Otherwise the state has ended.</param>
/// <param name="Rules">Counts the hashes that were in force: buckets of another mean nothing.</param>
/// <param name="Move">0, or the move with which the bucket leaves the reader: its next owner has been told, too.</param>
internal readonly record struct AliasLetter(
    FlowKey Key, FlowSide Side, ushort Bucket, ushort Owner, bool IsWanted, uint Rules, uint Move);
