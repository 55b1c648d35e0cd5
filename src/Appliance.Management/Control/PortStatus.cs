using Appliance.Wire.Ethernet;

namespace Appliance.Management;

/// <summary>What the device of a port says of itself.</summary>
/// <param name="Device">Its name now; null: it is not there.</param>
/// <param name="Mac">Its address; null: it is not there.</param>
/// <param name="IsUp">Whether it has a link.</param>
/// <param name="Missed">Frames that the device or the kernel lost before they were read.</param>
/// <param name="Refused">Frames that were sent, and that the kernel would not have, whenever they came.</param>
public sealed record PortStatus(string? Device, MacAddress? Mac, bool IsUp, long Missed = 0, long Refused = 0);
