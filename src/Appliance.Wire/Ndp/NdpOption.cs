using Appliance.Wire.Ethernet;
using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Ndp;

/// <summary>
/// One option of neighbour discovery (RFC 4861 §4.6), over borrowed bytes. The <c>TryGet</c>s answer false for another type and for
/// a length that the type does not allow on Ethernet.
/// </summary>
public readonly ref struct NdpOption
{
    internal NdpOption(NdpOptionType type, int offset, ReadOnlySpan<byte> value)
    {
        Type = type;
        Offset = offset;
        Value = value;
    }

    public NdpOptionType Type { get; }

    /// <summary>Bytes from the start of the options to the type octet.</summary>
    public int Offset { get; }

    /// <summary>What follows type and length: 6 bytes, or 8 more each.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Of source and target link-layer address, on Ethernet (RFC 2464 §6).</summary>
    public bool TryGetLinkLayerAddress(out MacAddress address)
    {
        bool isThere = Type is NdpOptionType.SourceLinkLayerAddress or NdpOptionType.TargetLinkLayerAddress
            && Value.Length == MacAddress.Length;
        address = isThere ? MacAddress.Read(Value) : default;
        return isThere;
    }

    /// <summary>Of MTU (RFC 4861 §4.6.4): bytes.</summary>
    public bool TryGetMtu(out uint bytes)
    {
        bool isThere = Type == NdpOptionType.Mtu && Value.Length == 6;
        bytes = isThere ? ReadUInt32BigEndian(Value[2..]) : 0;
        return isThere;
    }

    /// <summary>Of prefix information (RFC 4861 §4.6.2). A prefix length over 128 is refused as malformed.</summary>
    public bool TryGetPrefix(out NdpPrefixInformation prefix)
    {
        bool isThere = Type == NdpOptionType.PrefixInformation
            && Value.Length == NdpPrefixInformation.Length - NdpOptionReader.OptionHeaderLength
            && Value[0] <= 128;
        prefix = isThere ? NdpPrefixInformation.Read(Value) : default;
        return isThere;
    }

    /// <summary>Of redirected header (RFC 4861 §4.6.3): the datagram that was redirected, as much as fitted.</summary>
    public bool TryGetRedirectedDatagram(out ReadOnlySpan<byte> datagram)
    {
        bool isThere = Type == NdpOptionType.RedirectedHeader;        // 6 reserved bytes are always there
        datagram = isThere ? Value[6..] : default;
        return isThere;
    }
}
