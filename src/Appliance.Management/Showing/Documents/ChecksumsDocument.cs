namespace Appliance.Management;

/// <summary>Transport checksums: verified here, those of them that were bad, and computed here in full.</summary>
public sealed record ChecksumsDocument(long Verified, long Bad, long Computed);
