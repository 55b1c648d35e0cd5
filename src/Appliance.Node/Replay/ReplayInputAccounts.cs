namespace Appliance.Node;

/// <summary>What was read of one capture, and the damage that ended it before its end, if any.</summary>
public sealed record ReplayInputAccounts(string Port, string File, long Frames, string? Error);
