using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Ndp;

/// <summary>A neighbor solicitation (RFC 4861 §4.3) over borrowed bytes: the ICMPv6 message from its type on.</summary>
public readonly ref struct NeighborSolicitationView
{
    public const int HeaderLength = 24;                               // bytes; ICMPv6 header, target

    private readonly Span<byte> _bytes;

    /// <summary>The caller has checked that 24 bytes are there.</summary>
    internal NeighborSolicitationView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when short or of another type. Whether it may be believed is said by <see cref="NdpValidity"/>.</summary>
    public static bool TryParse(Span<byte> message, out NeighborSolicitationView view)
    {
        bool isOne = message.Length >= HeaderLength && message[0] == (byte)Icmpv6Type.NeighborSolicitation;
        view = isOne ? new NeighborSolicitationView(message) : default;
        return isOne;
    }

    /// <summary>The address whose owner is asked for.</summary>
    public Ipv6Address Target { get => Ipv6Address.Read(_bytes[8..]); set => value.WriteTo(_bytes[8..]); }

    /// <summary>See <see cref="NdpOptionReader"/>.</summary>
    public Span<byte> Options => _bytes[HeaderLength..];

    /// <summary>The asker's own; null when not told, as in duplicate address detection.</summary>
    public MacAddress? SourceLinkLayerAddress =>
        NdpOptionReader.FindLinkLayerAddress(Options, NdpOptionType.SourceLinkLayerAddress);
}
