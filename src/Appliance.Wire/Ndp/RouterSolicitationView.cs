using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;

namespace Appliance.Wire.Ndp;

/// <summary>A router solicitation (RFC 4861 §4.1) over borrowed bytes: the ICMPv6 message from its type on.</summary>
public readonly ref struct RouterSolicitationView
{
    public const int HeaderLength = 8;                                // bytes; ICMPv6 header

    private readonly Span<byte> _bytes;

    /// <summary>The caller has checked that 8 bytes are there.</summary>
    internal RouterSolicitationView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when short or of another type. Whether it may be believed is said by <see cref="NdpValidity"/>.</summary>
    public static bool TryParse(Span<byte> message, out RouterSolicitationView view)
    {
        bool isOne = message.Length >= HeaderLength && message[0] == (byte)Icmpv6Type.RouterSolicitation;
        view = isOne ? new RouterSolicitationView(message) : default;
        return isOne;
    }

    /// <summary>See <see cref="NdpOptionReader"/>.</summary>
    public Span<byte> Options => _bytes[HeaderLength..];

    /// <summary>The asker's own; null when not told.</summary>
    public MacAddress? SourceLinkLayerAddress =>
        NdpOptionReader.FindLinkLayerAddress(Options, NdpOptionType.SourceLinkLayerAddress);
}
