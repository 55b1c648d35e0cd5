using System.Buffers.Binary;
using Appliance.Wire.Ethernet;

namespace Appliance.Wire.Pcap;

/// <summary>
/// Turns a captured record into the Ethernet frame that a port would have received: cuts an announced frame check sequence, makes an
/// Ethernet header where the link had none, and refuses what was not captured well enough to be judged.
/// </summary>
public static class LinkLayerFraming
{
    /// <summary>Bytes that hold any frame made here. More VLAN tags than fit in it are too long, whatever the limit would allow.</summary>
    public const int DestinationLength = 69_000;

    /// <summary>Ethernet header and the largest IP datagram, in bytes; each leading VLAN tag adds four.</summary>
    public const int MaxUntaggedLength = EthernetHeaderLength + 65_535;

    private const int EthernetHeaderLength = 14;
    private const int VlanTagLength = 4;

    /// <summary>Writes the frame to the start of <paramref name="destination"/>.</summary>
    /// <param name="record">Not kept.</param>
    /// <param name="portMac">The receiving port's own address: the destination of a unicast datagram without an Ethernet header.</param>
    /// <param name="destination">At least <see cref="DestinationLength"/> bytes.</param>
    /// <param name="length">Of the frame in bytes; 0 when there is none.</param>
    public static FramingOutcome Frame(in CaptureRecord record, MacAddress portMac, Span<byte> destination, out int length)
    {
        length = 0;
        ReadOnlySpan<byte> captured = WithoutFcs(record, out bool isShort);
        FramingOutcome outcome = LinkPayload.TryRead(record.LinkType, captured, portMac, out LinkPayload payload);
        if (outcome == FramingOutcome.LinkHeaderShort && isShort) return FramingOutcome.CapturedShort;
        if (outcome == FramingOutcome.LinkHeaderShort && record.LinkType == LinkType.Ethernet)
        {
            captured.CopyTo(destination);                             // a runt: whoever parses the frame says what is wrong with it
            length = captured.Length;
            return FramingOutcome.Framed;
        }

        if (outcome != FramingOutcome.Framed) return outcome;
        EthernetPayload network = EthernetPayload.BehindTags(payload.EtherType, payload.Bytes);
        if (isShort && !network.HoldsWholeDatagram) return FramingOutcome.CapturedShort;
        int frameLength = EthernetHeaderLength + payload.Bytes.Length;
        int limit = Math.Min(MaxUntaggedLength + (network.TagCount * VlanTagLength), DestinationLength);
        if (frameLength > limit) return FramingOutcome.FrameTooLong;
        payload.Destination.WriteTo(destination);
        payload.Source.WriteTo(destination[MacAddress.Length..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[(2 * MacAddress.Length)..], payload.EtherType);
        payload.Bytes.CopyTo(destination[EthernetHeaderLength..]);
        length = frameLength;
        return FramingOutcome.Framed;
    }

    /// <summary>
    /// The bytes before the frame check sequence. It counts in the original length, so of a record that was cut short less than all of it,
    /// or nothing, is there to be cut.
    /// </summary>
    private static ReadOnlySpan<byte> WithoutFcs(in CaptureRecord record, out bool isShort)
    {
        ReadOnlySpan<byte> captured = record.Bytes;
        int onLink = Math.Max(0, Math.Max(record.OriginalLength, captured.Length) - record.FcsLength);
        isShort = captured.Length < onLink;
        return captured[..Math.Min(captured.Length, onLink)];
    }
}
