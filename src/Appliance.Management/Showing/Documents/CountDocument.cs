namespace Appliance.Management;

/// <summary>Packets and their IP lengths.</summary>
public sealed record CountDocument(long Packets, long Bytes);
