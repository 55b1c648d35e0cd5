namespace Appliance.Ports.Linux;

/// <summary>Settings of an interface that the kernel keeps as files (sysctl net.ipv4.conf and net.ipv6.conf), in this network
/// namespace.</summary>
public static class InterfaceSettings
{
    private const string Folder = "/proc/sys/net", DeviceFolder = "/sys/class/net";

    /// <summary>False: there is no such setting, as where the kernel has no IPv6, or it may not be changed.</summary>
    /// <param name="family">ipv4 or ipv6.</param>
    /// <param name="device">The interface's name.</param>
    /// <param name="setting">Of ip-sysctl.rst: <c>accept_ra</c>.</param>
    /// <param name="value">As it is written there.</param>
    public static bool TrySet(string family, string device, string setting, string value) =>
        TryWrite(Path.Combine(Folder, family, "conf", device, setting), value);

    /// <summary>
    /// Gives the interface an alias, or, empty, takes it away, and has the kernel announce it once more: udev's rules see it. False as
    /// above.
    /// </summary>
    public static bool TryAnnounceAlias(string device, string alias) =>
        TryWrite(Path.Combine(DeviceFolder, device, "ifalias"), alias + "\n")      // not of it; nothing at all would change nothing
        && TryWrite(Path.Combine(DeviceFolder, device, "uevent"), "change");

    private static bool TryWrite(string path, string value)
    {
        try
        {
            File.WriteAllText(path, value);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
