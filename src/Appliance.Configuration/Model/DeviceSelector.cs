namespace Appliance.Configuration;

/// <summary>
/// Which device of the host a port is. <see cref="Text" /> is what follows the selector, in canonical form: an interface name, a MAC
/// address in lower case, a PCI address with its domain (<c>0000:00:03.0</c>), a slot number, or for memif the path of its socket.
/// </summary>
public sealed record DeviceSelector(DeviceKind Kind, string Text)
{
    /// <summary>As the configuration writes it.</summary>
    public override string ToString() => Kind switch
    {
        DeviceKind.Mac => $"mac:{Text}",
        DeviceKind.Pci => $"pci:{Text}",
        DeviceKind.Slot => $"slot:{Text}",
        _ => Text,
    };
}
