namespace Appliance.Wire.Ip;

/// <summary>What a bounded walk over the extension headers of an IPv6 datagram found (<see cref="Ipv6ExtensionReader"/>).</summary>
public readonly record struct Ipv6HeaderChain
{
    public Ipv6WalkOutcome Outcome { get; private init; }

    /// <summary>The upper protocol; when the walk did not complete, the header at which it stopped.</summary>
    public IpProtocol Protocol { get; private init; }

    /// <summary>Bytes from the fixed header's first to the upper protocol's first; at most the datagram's length.</summary>
    public int TransportOffset { get; private init; }

    public int ExtensionHeaderCount { get; private init; }

    /// <summary>How many fragment headers there are. More than one is legal nowhere and has been a way past filters.</summary>
    public int FragmentHeaderCount { get; private init; }

    /// <summary>Where the first fragment header starts, from the fixed header's first byte; 0 when there is none.</summary>
    public int FragmentHeaderOffset { get; private init; }

    /// <summary>Of the first fragment header: 0–65,528.</summary>
    public int FragmentOffsetBytes { get; private init; }

    /// <summary>Of the first fragment header.</summary>
    public bool MoreFragments { get; private init; }

    /// <summary>Of the first fragment header.</summary>
    public uint FragmentIdentification { get; private init; }

    /// <summary>Where the first routing header starts, from the fixed header's first byte; 0 when there is none.</summary>
    public int RoutingHeaderOffset { get; private init; }

    /// <summary>Some routing header is of type 0, which RFC 5095 abolished.</summary>
    public bool HasRoutingType0 { get; private init; }

    /// <summary>Bytes from the middle of a datagram: there is no transport header, and the walk ended at the fragment header.</summary>
    public bool IsNonFirstFragment { get; private init; }

    /// <summary>A part of a datagram; false for an atomic fragment (RFC 6946), which is whole.</summary>
    public bool IsFragment => IsNonFirstFragment || MoreFragments;

    /// <summary>Walks the datagram from its fixed header on. Fewer than 40 bytes are a truncated walk.</summary>
    public static Ipv6HeaderChain Walk(ReadOnlySpan<byte> datagram)
    {
        var found = default(Ipv6HeaderChain);
        var reader = new Ipv6ExtensionReader(datagram);
        while (reader.MoveNext())
        {
            if (reader.Type == IpProtocol.Fragment) found = found.WithFragment(reader.Header, reader.Offset);
            else if (reader.Type == IpProtocol.Routing) found = found.WithRouting(reader.Header, reader.Offset);
        }

        return found with
        {
            Outcome = reader.Outcome,
            Protocol = reader.NextProtocol,
            TransportOffset = reader.NextOffset,
            ExtensionHeaderCount = reader.Count,
        };
    }

    private Ipv6HeaderChain WithFragment(ReadOnlySpan<byte> header, int offset)
    {
        int fragmentOffset = Ipv6FragmentView.OffsetOf(header);
        Ipv6HeaderChain counted = this with
        {
            FragmentHeaderCount = FragmentHeaderCount + 1,
            IsNonFirstFragment = fragmentOffset != 0,                 // the walk ends there, so this one was the last
        };
        return FragmentHeaderCount > 0 ? counted : counted with
        {
            FragmentHeaderOffset = offset,
            FragmentOffsetBytes = fragmentOffset,
            MoreFragments = Ipv6FragmentView.MoreFragmentsOf(header),
            FragmentIdentification = Ipv6FragmentView.IdentificationOf(header),
        };
    }

    private Ipv6HeaderChain WithRouting(ReadOnlySpan<byte> header, int offset) => this with
    {
        RoutingHeaderOffset = RoutingHeaderOffset == 0 ? offset : RoutingHeaderOffset,
        HasRoutingType0 = HasRoutingType0 || Ipv6RoutingView.RoutingTypeOf(header) == 0,
    };
}
