namespace Appliance.Management;

/// <summary>What came to one vCPU by the indirection table.</summary>
/// <param name="Share">Of all frames, 0 to 1.</param>
public sealed record VcpuShareDocument(int Id, long Frames, double Share);
