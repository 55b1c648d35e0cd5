using System.Globalization;

namespace Appliance.Ports.Linux;

/// <summary>Where the kernel shows a device as files (Documentation/ABI/testing/sysfs-class-net).</summary>
internal static class DeviceFolder
{
    /// <summary>
    /// The device's folder; null: there is none, or it is that of another device, as where /sys shows another network namespace.
    /// </summary>
    public static string? Of(string device, int index)
    {
        string folder = $"/sys/class/net/{device}";
        return NumberIn($"{folder}/ifindex") == index ? folder : null;
    }

    /// <summary>Null: nobody says.</summary>
    public static long? NumberIn(string file)
    {
        try
        {
            return long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
