using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>One own address, to be shown.</summary>
/// <param name="Port">Logical.</param>
/// <param name="Address">Configured, link-local or virtual.</param>
/// <param name="State">Whether it may be used.</param>
/// <param name="IsVirtual">Shared with a peer.</param>
public sealed record OwnAddressRow(int Port, IpAddress Address, ClaimState State, bool IsVirtual);
