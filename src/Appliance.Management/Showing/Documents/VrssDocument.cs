namespace Appliance.Management;

/// <summary>What <c>show vrss</c> tells.</summary>
/// <param name="Key"><c>symmetric</c>, <c>microsoft</c> or the hexadecimal digits that the configuration gives.</param>
/// <param name="Hash">What is hashed; with a symmetric key also the ports of all that has ports.</param>
/// <param name="Indirection">By bucket, the vCPU that owns it.</param>
/// <param name="Rebalance">Whether load moves buckets.</param>
/// <param name="Settled">Whether all vCPUs go by this table.</param>
public sealed record VrssDocument(string Key, string[] Hash, int[] Indirection, bool Rebalance, bool Settled, VcpuShareDocument[] Vcpus);
