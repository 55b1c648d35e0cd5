using System.Buffers;
using System.Globalization;
using System.Text;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Configuration.Keys;

/// <summary>The forms of text that keys take. Each answers null, or what is wrong with the text.</summary>
internal static class TextForms
{
    /// <summary>Bytes of a CARP password (carp(4): the key of the HMAC is 20 bytes with its terminator).</summary>
    public const int MaximumPasswordBytes = 19;

    private const int MaximumNameLength = 64;
    private const int MaximumDeviceNameLength = 15;                   // IFNAMSIZ without its terminator
    private const int MaximumPathBytes = 4095;                        // PATH_MAX without its terminator
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    public static string? Name(string text, out string value)
    {
        value = text;
        if (text.Length == 0) return "the name is empty";
        if (text.Length > MaximumNameLength) return $"the name has {text.Length} characters";
        int bad = text.AsSpan().IndexOfAnyExcept(NameCharacters);
        return bad < 0 ? null : $"{Wording.Quote(text)} has the character {Wording.Quote(text[bad].ToString())}";
    }

    public static string? HostPath(string text, out string value)
    {
        if (Name(text, out value) is { } problem) return problem;
        if (text is "." or ".." or "true" or "false" or "yes" or "no") return $"{Wording.Quote(text)} is no name";
        return text.Length <= MaximumDeviceNameLength ? null : $"the name has {text.Length} characters";
    }

    public static string? NonEmpty(string text, out string value)
    {
        value = text;
        if (text.Length == 0) return "the text is empty";
        return Encoding.UTF8.GetByteCount(text) <= MaximumPathBytes ? null : $"the text is longer than {MaximumPathBytes} bytes";
    }

    public static string? SocketPath(string text, out string value)
    {
        value = text;
        if (text.Length == 0) return "the path is empty";
        if (text.Contains('\0', StringComparison.Ordinal)) return "the path has a zero byte";
        int bytes = Encoding.UTF8.GetByteCount(text);
        return bytes <= ManagementModel.MaximumSocketPathBytes ? null : $"the path has {bytes} bytes";
    }

    public static string? Password(string text, out SecretText value)
    {
        value = new SecretText(text);
        int bytes = Encoding.UTF8.GetByteCount(text);
        return bytes is > 0 and <= MaximumPasswordBytes ? null : $"the password has {bytes} bytes";
    }

    public static string? Address(string text, out IpAddress value)
    {
        if (IpAddress.TryParse(text, out value)) return null;
        if (IpPrefix.TryParse(text, out _)) return $"{Wording.Quote(text)} has a prefix length; this is the address of one host";
        return $"{Wording.Quote(text)} is not an address";
    }

    public static string? AddressWithLength(string text, out IpPrefix value)
    {
        if (IpPrefix.TryParse(text, out value)) return null;
        if (IpAddress.TryParse(text, out _)) return $"{Wording.Quote(text)} has no prefix length";
        return PrefixProblem(text);
    }

    public static string? PortAddress(string text, out PortAddress value)
    {
        DynamicAddressing dynamic = text switch
        {
            "dhcp" => DynamicAddressing.Dhcp,
            "slaac" => DynamicAddressing.Slaac,
            "host" => DynamicAddressing.Host,
            _ => DynamicAddressing.None,
        };
        value = new PortAddress(null, dynamic);
        if (dynamic != DynamicAddressing.None) return null;
        string? problem = AddressWithLength(text, out IpPrefix address);
        value = new PortAddress(address, dynamic);
        return problem;
    }

    public static string? Destination(string text, out IpPrefix value)
    {
        value = default;
        if (text is "default") return "'default' is another network in each family; expected 0.0.0.0/0 or ::/0";
        if (IpAddress.TryParse(text, out IpAddress host))
            return $"{Wording.Quote(text)} has no prefix length; expected {host}/{host.BitLength} for one host";
        if (!IpPrefix.TryParse(text, out value)) return PrefixProblem(text);
        return value.Address == value.Network ? null : $"{Wording.Quote(text)} has host bits set; expected {value.Canonical}";
    }

    public static string? NextHop(string text, out NextHopText value)
    {
        int percent = text.IndexOf('%', StringComparison.Ordinal);
        string? port = percent < 0 ? null : text[(percent + 1)..];
        string? problem = Address(percent < 0 ? text : text[..percent], out IpAddress address);
        value = new NextHopText(address, port);
        if (problem is not null || port is null) return problem;
        if (!address.IsV6 || !address.IsLinkLocal)
            return $"{Wording.Quote(text)} names a port, which only an IPv6 link-local address does; expected the key 'port' for it";
        return Name(port, out _);
    }

    public static string? Mac(string text, out MacAddress value)
    {
        if (!MacAddress.TryParse(text, out value)) return $"{Wording.Quote(text)} is not a MAC address";
        if (value.IsGroup) return $"{Wording.Quote(text)} is a group address; this is the address of one station";
        return value.Value == 0 ? $"{Wording.Quote(text)} is no station's address" : null;
    }

    public static string? Endpoint(string text, out IpEndpoint value)
    {
        value = default;
        int colon = text.LastIndexOf(':');
        if (colon < 0) return $"{Wording.Quote(text)} has no port number";
        string host = text[..colon];
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (bracketed) host = host[1..^1];
        if (!IpAddress.TryParse(host, out IpAddress address)) return $"{Wording.Quote(host)} is not an address";
        if (address.IsV6 != bracketed)
            return $"{Wording.Quote(text)} is ambiguous; expected an IPv6 address, and only that, in brackets: \"[::1]:8443\"";
        string digits = text[(colon + 1)..];
        bool isNumber = ushort.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && digits[0] != '0';
        value = new IpEndpoint(address, port);
        return isNumber ? null : $"{Wording.Quote(digits)} is not a port number from 1 to 65535";
    }

    public static string? SteeringKey(string text, out SteeringKeyText value)
    {
        value = new SteeringKeyText(text == "microsoft" ? SteeringKeyKind.Microsoft : SteeringKeyKind.Symmetric, []);
        if (text is "microsoft" or "symmetric") return null;
        if (!text.All(char.IsAsciiHexDigit))
            return $"{Wording.Quote(text)} is not known{Wording.DidYouMean(text, ["symmetric", "microsoft"])}";
        if (text.Length != 2 * SteeringModel.KeyBytes) return $"the key has {text.Length} hexadecimal digits";
        value = new SteeringKeyText(SteeringKeyKind.Given, [.. Convert.FromHexString(text)]);
        return value.Bytes.All(octet => octet == 0) ? "a key of zeros steers every flow to one vCPU" : null;
    }

    private static string PrefixProblem(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IpAddress.TryParse(text.AsSpan(0, slash), out IpAddress address))
            return $"{Wording.Quote(text)} is not an address";
        return $"the prefix length of {Wording.Quote(text)} is not a decimal number from 0 to {address.BitLength}";
    }
}
