namespace Appliance.Wire.Ip;

/// <summary>What an IPv4 header says, to be written (RFC 791 §3.1). The length fields follow from the two lengths given.</summary>
public readonly record struct Ipv4Fields
{
    public byte DifferentiatedServices { get; init; }
    public ushort Identification { get; init; }
    public bool ReservedFlag { get; init; }
    public bool DontFragment { get; init; }
    public bool MoreFragments { get; init; }

    /// <summary>0–65,528, a multiple of 8.</summary>
    public int FragmentOffsetBytes { get; init; }

    public byte TimeToLive { get; init; }
    public IpProtocol Protocol { get; init; }
    public Ipv4Address Source { get; init; }
    public Ipv4Address Destination { get; init; }

    /// <summary>0–40, a multiple of 4; the options are written as zeros (end of list) for the caller to fill in.</summary>
    public byte OptionsLength { get; init; }

    /// <summary>Bytes; with the header at most 65,535.</summary>
    public ushort PayloadLength { get; init; }

    /// <summary>20–60 bytes.</summary>
    public int HeaderLength => Ipv4View.MinHeaderLength + OptionsLength;

    /// <summary>The payload's length is the one that is there, after any cut.</summary>
    public static Ipv4Fields From(Ipv4View view) => new()
    {
        DifferentiatedServices = view.DifferentiatedServices,
        Identification = view.Identification,
        ReservedFlag = view.ReservedFlag,
        DontFragment = view.DontFragment,
        MoreFragments = view.MoreFragments,
        FragmentOffsetBytes = view.FragmentOffsetBytes,
        TimeToLive = view.TimeToLive,
        Protocol = view.Protocol,
        Source = view.Source,
        Destination = view.Destination,
        OptionsLength = (byte)view.Options.Length,
        PayloadLength = (ushort)view.Payload.Length,
    };

    /// <summary>
    /// Writes the header, for which there must be room, with a checksum of zero to be completed by the caller; the view covers all
    /// of <paramref name="bytes"/>.
    /// </summary>
    public Ipv4View WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, HeaderLength);
        bytes[..HeaderLength].Clear();
        bytes[0] = (byte)((4 << 4) | (HeaderLength / 4));
        return new Ipv4View(bytes, HeaderLength)
        {
            DifferentiatedServices = DifferentiatedServices,
            TotalLength = (ushort)(HeaderLength + PayloadLength),
            Identification = Identification,
            ReservedFlag = ReservedFlag,
            DontFragment = DontFragment,
            MoreFragments = MoreFragments,
            FragmentOffsetBytes = FragmentOffsetBytes,
            TimeToLive = TimeToLive,
            Protocol = Protocol,
            Source = Source,
            Destination = Destination,
        };
    }
}
