using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Ip;

/// <summary>What a fixed IPv6 header says, to be written (RFC 8200 §3).</summary>
public readonly record struct Ipv6Fields
{
    public byte TrafficClass { get; init; }

    /// <summary>20 bits.</summary>
    public uint FlowLabel { get; init; }

    /// <summary>Bytes behind the fixed header, extension headers included.</summary>
    public ushort PayloadLength { get; init; }

    public IpProtocol NextHeader { get; init; }
    public byte HopLimit { get; init; }
    public Ipv6Address Source { get; init; }
    public Ipv6Address Destination { get; init; }

    /// <summary>The payload's length is the one that is there, after any cut.</summary>
    public static Ipv6Fields From(Ipv6View view) => new()
    {
        TrafficClass = view.TrafficClass,
        FlowLabel = view.FlowLabel,
        PayloadLength = (ushort)view.Payload.Length,
        NextHeader = view.NextHeader,
        HopLimit = view.HopLimit,
        Source = view.Source,
        Destination = view.Destination,
    };

    /// <summary>Writes 40 bytes, which must be there; the view covers all of <paramref name="bytes"/>.</summary>
    public Ipv6View WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, Ipv6View.HeaderLength);
        WriteUInt32BigEndian(bytes, 6u << 28);
        return new Ipv6View(bytes)
        {
            TrafficClass = TrafficClass,
            FlowLabel = FlowLabel,
            PayloadLength = PayloadLength,
            NextHeader = NextHeader,
            HopLimit = HopLimit,
            Source = Source,
            Destination = Destination,
        };
    }
}
