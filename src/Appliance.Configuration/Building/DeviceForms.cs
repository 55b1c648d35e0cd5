using System.Globalization;
using System.Text;
using Appliance.Wire.Ethernet;

namespace Appliance.Configuration.Building;

/// <summary>Which text names a device depends on the backend.</summary>
internal static class DeviceForms
{
    private const int MaximumNameBytes = 15;                          // IFNAMSIZ without its terminator

    /// <summary>What would be right, to stand after "expected".</summary>
    public static string Expected(PortBackend backend) => backend switch
    {
        PortBackend.Tap => "the name of the tap interface, such as tap0",
        PortBackend.Memif => "the path of the memif socket, such as /run/vpp/memif.sock",
        _ => "an interface by name (eth0), mac:02:00:00:00:00:01, pci:0000:00:03.0 or slot:3",
    };

    /// <summary>Null when the text was read, otherwise what is wrong with it.</summary>
    public static string? Parse(PortBackend backend, string text, out DeviceSelector device)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string selector = colon < 0 ? "" : text[..colon];
        string rest = text[(colon + 1)..];
        device = new DeviceSelector(DeviceKind.Name, text);
        if (backend == PortBackend.Pcap) return null;                 // what a capture library calls its devices is its own affair
        if (backend == PortBackend.Memif) return Path(text, out device);
        if (colon < 0) return Name(text);
        if (backend == PortBackend.Tap) return $"{Wording.Quote(text)} is not the name of an interface";
        return selector switch
        {
            "mac" => Mac(rest, out device),
            "pci" => Pci(rest, out device),
            "slot" => Slot(rest, out device),
            _ => $"{Wording.Quote(selector + ":")} is not known{Wording.DidYouMean(selector + ":", ["mac:", "pci:", "slot:"])}",
        };
    }

    /// <summary>The kernel's own rule: dev_valid_name in net/core/dev.c.</summary>
    private static string? Name(string text)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > MaximumNameBytes) return $"the name has {bytes} bytes, and an interface's at most {MaximumNameBytes}";
        bool isValid = text is not ("." or "..") && !text.Any(character => character == '/' || char.IsWhiteSpace(character));
        return isValid ? null : $"{Wording.Quote(text)} is not the name of an interface";
    }

    private static string? Path(string text, out DeviceSelector device)
    {
        device = new DeviceSelector(DeviceKind.Path, text);
        int bytes = Encoding.UTF8.GetByteCount(text);
        return bytes <= ManagementModel.MaximumSocketPathBytes
            ? null
            : $"the path has {bytes} bytes, and a socket's at most {ManagementModel.MaximumSocketPathBytes}";
    }

    private static string? Mac(string text, out DeviceSelector device)
    {
        bool isMac = MacAddress.TryParse(text, out MacAddress address) && !address.IsGroup;
        device = new DeviceSelector(DeviceKind.Mac, address.ToString());
        return isMac ? null : $"{Wording.Quote(text)} is not the MAC address of a station";
    }

    /// <summary>[domain:]bus:device.function, hexadecimal; the domain defaults to 0000.</summary>
    private static string? Pci(string text, out DeviceSelector device)
    {
        string full = text.Length == 7 ? $"0000:{text}" : text;
        device = new DeviceSelector(DeviceKind.Pci, full.ToLowerInvariant());
        bool isPci = full.Length == 12 && full[4] == ':' && full[7] == ':' && full[10] == '.'
            && full.Where((_, index) => index is not (4 or 7 or 10)).All(char.IsAsciiHexDigit)
            && int.Parse(full.AsSpan(8, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) < 32
            && full[11] is >= '0' and <= '7';
        return isPci ? null : $"{Wording.Quote(text)} is not a PCI address";
    }

    private static string? Slot(string text, out DeviceSelector device)
    {
        bool isNumber = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort slot)
            && (text.Length == 1 || text[0] != '0');
        device = new DeviceSelector(DeviceKind.Slot, slot.ToString(CultureInfo.InvariantCulture));
        return isNumber ? null : $"{Wording.Quote(text)} is not the number of a slot";
    }
}
