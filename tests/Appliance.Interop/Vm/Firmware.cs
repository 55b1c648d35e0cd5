namespace Appliance.Interop.Vm;

/// <summary>What starts a machine.</summary>
public enum Firmware
{
    Bios,
    Uefi,

    /// <summary>UEFI that starts nothing without a signature of Microsoft's keys.</summary>
    SecureBoot,
}
