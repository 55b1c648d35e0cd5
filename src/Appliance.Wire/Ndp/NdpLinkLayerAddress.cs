using Appliance.Wire.Ethernet;

namespace Appliance.Wire.Ndp;

/// <summary>A source or target link-layer address option on Ethernet, to be written (RFC 4861 §4.6.1, RFC 2464 §6).</summary>
public readonly record struct NdpLinkLayerAddress(NdpOptionType Type, MacAddress Address)
{
    public const int Length = 8;                                      // bytes

    /// <summary>Writes 8 bytes, which must be there.</summary>
    public void WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, Length);
        bytes[0] = (byte)Type;
        bytes[1] = Length / 8;
        Address.WriteTo(bytes[NdpOptionReader.OptionHeaderLength..]);
    }

    /// <summary>The bytes that the option takes when there is an address to tell: 8 or none.</summary>
    internal static int LengthOf(MacAddress? address) => address.HasValue ? Length : 0;

    /// <summary>Writes the option when there is an address to tell.</summary>
    internal static void Write(Span<byte> bytes, NdpOptionType type, MacAddress? address)
    {
        if (address is { } known) new NdpLinkLayerAddress(type, known).WriteTo(bytes);
    }
}
