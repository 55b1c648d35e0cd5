namespace Appliance.Configuration;

/// <summary>What a device is found by.</summary>
public enum DeviceKind
{
    Name,
    Mac,
    Pci,
    Slot,
    Path,
}
