namespace Appliance.Management;

/// <summary>What <c>show offloads</c> tells: what ports may do, and what was done here instead.</summary>
public sealed record OffloadsDocument(
    PortOffloadsDocument[] Ports, JoinedDocument Lro, JoinedDocument Tso, ChecksumsDocument Checksums);
