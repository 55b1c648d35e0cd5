namespace Appliance.Ports.Linux;

/// <summary>Settings of an interface that the kernel keeps as files (sysctl net.ipv4.conf and net.ipv6.conf), in this network
/// namespace.</summary>
public static class InterfaceSettings
{
    private const string Folder = "/proc/sys/net";

    /// <summary>False: there is no such setting, as where the kernel has no IPv6, or it may not be changed.</summary>
    /// <param name="family">ipv4 or ipv6.</param>
    /// <param name="device">The interface's name.</param>
    /// <param name="setting">Of ip-sysctl.rst: <c>accept_ra</c>.</param>
    /// <param name="value">As it is written there.</param>
    public static bool TrySet(string family, string device, string setting, string value)
    {
        try
        {
            File.WriteAllText(Path.Combine(Folder, family, "conf", device, setting), value);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
