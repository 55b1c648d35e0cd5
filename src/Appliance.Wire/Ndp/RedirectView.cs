using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Ndp;

/// <summary>A redirect (RFC 4861 §4.5) over borrowed bytes: the ICMPv6 message from its type on.</summary>
public readonly ref struct RedirectView
{
    public const int HeaderLength = 40;                               // bytes; ICMPv6 header, target, destination

    private readonly Span<byte> _bytes;

    /// <summary>The caller has checked that 40 bytes are there.</summary>
    internal RedirectView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when short or of another type. Whether it may be believed is said by <see cref="NdpValidity"/>.</summary>
    public static bool TryParse(Span<byte> message, out RedirectView view)
    {
        bool isOne = message.Length >= HeaderLength && message[0] == (byte)Icmpv6Type.Redirect;
        view = isOne ? new RedirectView(message) : default;
        return isOne;
    }

    /// <summary>The better first hop; the destination itself when that is a neighbour.</summary>
    public Ipv6Address Target { get => Ipv6Address.Read(_bytes[8..]); set => value.WriteTo(_bytes[8..]); }

    /// <summary>Whose datagrams are to go there.</summary>
    public Ipv6Address Destination { get => Ipv6Address.Read(_bytes[24..]); set => value.WriteTo(_bytes[24..]); }

    /// <summary>See <see cref="NdpOptionReader"/>.</summary>
    public Span<byte> Options => _bytes[HeaderLength..];
}
