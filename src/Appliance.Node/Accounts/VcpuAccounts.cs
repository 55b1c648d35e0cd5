namespace Appliance.Node;

/// <summary>What one worker judged, after hand-off. Bytes are Ethernet bytes without frame check sequence.</summary>
public sealed record VcpuAccounts(int Id, long Frames, long Bytes, long Batches);
