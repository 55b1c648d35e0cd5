using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;

namespace Appliance.Wire.Ndp;

/// <summary>A neighbor advertisement (RFC 4861 §4.4) over borrowed bytes: the ICMPv6 message from its type on.</summary>
public readonly ref struct NeighborAdvertisementView
{
    public const int HeaderLength = 24;                               // bytes; ICMPv6 header with flags, target

    private const byte RouterBit = 0x80;
    private const byte SolicitedBit = 0x40;
    private const byte OverrideBit = 0x20;
    private const int FlagsOffset = 4;

    private readonly Span<byte> _bytes;

    /// <summary>The caller has checked that 24 bytes are there.</summary>
    internal NeighborAdvertisementView(Span<byte> bytes) => _bytes = bytes;

    /// <summary>False when short or of another type. Whether it may be believed is said by <see cref="NdpValidity"/>.</summary>
    public static bool TryParse(Span<byte> message, out NeighborAdvertisementView view)
    {
        bool isOne = message.Length >= HeaderLength && message[0] == (byte)Icmpv6Type.NeighborAdvertisement;
        view = isOne ? new NeighborAdvertisementView(message) : default;
        return isOne;
    }

    /// <summary>The sender is a router.</summary>
    public bool IsRouter { get => HasBit(RouterBit); set => SetBit(RouterBit, value); }

    /// <summary>It answers a solicitation.</summary>
    public bool IsSolicited { get => HasBit(SolicitedBit); set => SetBit(SolicitedBit, value); }

    /// <summary>It is to replace what was known.</summary>
    public bool IsOverride { get => HasBit(OverrideBit); set => SetBit(OverrideBit, value); }

    /// <summary>The address that is spoken of.</summary>
    public Ipv6Address Target { get => Ipv6Address.Read(_bytes[8..]); set => value.WriteTo(_bytes[8..]); }

    /// <summary>See <see cref="NdpOptionReader"/>.</summary>
    public Span<byte> Options => _bytes[HeaderLength..];

    /// <summary>The target's; null when not told.</summary>
    public MacAddress? TargetLinkLayerAddress =>
        NdpOptionReader.FindLinkLayerAddress(Options, NdpOptionType.TargetLinkLayerAddress);

    private bool HasBit(byte bit) => (_bytes[FlagsOffset] & bit) != 0;

    private void SetBit(byte bit, bool on) => _bytes[FlagsOffset] = (byte)(on ? _bytes[FlagsOffset] | bit : _bytes[FlagsOffset] & ~bit);
}
