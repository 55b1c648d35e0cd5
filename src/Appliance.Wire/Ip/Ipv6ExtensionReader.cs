namespace Appliance.Wire.Ip;

/// <summary>
/// Walks the extension headers of an IPv6 datagram (RFC 8200 §4), one a step: hop-by-hop, routing, fragment, destination options,
/// authentication (RFC 4302), mobility (RFC 6275), host identity (RFC 7401) and shim6 (RFC 5533). Everything else, encrypted
/// payloads included, is an upper protocol and ends the walk.
/// </summary>
public ref struct Ipv6ExtensionReader
{
    /// <summary>More headers than that are an attack on the reader, not a datagram.</summary>
    public const int MaxExtensionHeaders = 64;

    private const int ShortestHeader = 8;                             // bytes; every extension header has them

    private readonly ReadOnlySpan<byte> _datagram;
    private bool _isBehindNonFirstFragment;

    /// <summary>Starts behind the fixed header; fewer than 40 bytes are a truncated walk.</summary>
    /// <param name="datagram">From the fixed header on; best without the link's padding.</param>
    public Ipv6ExtensionReader(ReadOnlySpan<byte> datagram)
    {
        bool isWhole = datagram.Length >= Ipv6View.HeaderLength;
        _datagram = datagram;
        Outcome = isWhole ? Ipv6WalkOutcome.Complete : Ipv6WalkOutcome.Truncated;
        NextOffset = isWhole ? Ipv6View.HeaderLength : datagram.Length;
        NextProtocol = isWhole ? (IpProtocol)datagram[Ipv6View.NextHeaderOffset] : IpProtocol.NoNextHeader;
    }

    /// <summary>The type of the header that the last <see cref="MoveNext"/> found.</summary>
    public IpProtocol Type { get; private set; }

    /// <summary>That header, all of it.</summary>
    public ReadOnlySpan<byte> Header { get; private set; }

    /// <summary>Bytes from the fixed header's first to that header's first.</summary>
    public int Offset { get; private set; }

    /// <summary>Headers found so far.</summary>
    public int Count { get; private set; }

    /// <summary>What follows. After the walk: the upper protocol, or the header at which the walk had to stop.</summary>
    public IpProtocol NextProtocol { get; private set; }

    /// <summary>Bytes from the fixed header's first to what follows.</summary>
    public int NextOffset { get; private set; }

    /// <summary>Means something once <see cref="MoveNext"/> has answered false.</summary>
    public Ipv6WalkOutcome Outcome { get; private set; }

    /// <summary>False at the end of the walk, for any reason; <see cref="Outcome"/> tells which.</summary>
    public bool MoveNext()
    {
        if (Outcome != Ipv6WalkOutcome.Complete || _isBehindNonFirstFragment || !IsExtension(NextProtocol, Count)) return false;
        if (Count == MaxExtensionHeaders) return Stop(Ipv6WalkOutcome.TooManyHeaders);

        ReadOnlySpan<byte> rest = _datagram[NextOffset..];
        if (rest.Length < ShortestHeader) return Stop(Ipv6WalkOutcome.Truncated);
        int length = LengthOf(NextProtocol, rest[1]);
        if (rest.Length < length) return Stop(Ipv6WalkOutcome.Truncated);

        Take(rest[..length]);
        return true;
    }

    private void Take(ReadOnlySpan<byte> header)
    {
        Type = NextProtocol;
        Header = header;
        Offset = NextOffset;
        Count++;
        NextProtocol = (IpProtocol)header[0];
        NextOffset += header.Length;

        // Behind a fragment that is not the first there are bytes from the middle of something, whatever the next header says.
        _isBehindNonFirstFragment = Type == IpProtocol.Fragment && Ipv6FragmentView.OffsetOf(header) != 0;
    }

    private bool Stop(Ipv6WalkOutcome outcome)
    {
        Outcome = outcome;
        return false;
    }

    /// <summary>
    /// "[…] the Hop-by-Hop Options header […] is restricted to appear immediately after an IPv6 header only" (RFC 8200 §4.1): anywhere
    /// else a next header of zero is taken for an upper protocol that nobody knows.
    /// </summary>
    private static bool IsExtension(IpProtocol protocol, int headersBefore) => protocol switch
    {
        IpProtocol.HopByHop => headersBefore == 0,
        IpProtocol.Routing or IpProtocol.Fragment or IpProtocol.DestinationOptions or IpProtocol.AuthenticationHeader => true,
        IpProtocol.Mobility or IpProtocol.HostIdentity or IpProtocol.Shim6 => true,
        _ => false,
    };

    private static int LengthOf(IpProtocol protocol, byte lengthField) => protocol switch
    {
        IpProtocol.Fragment => Ipv6FragmentView.HeaderLength,         // has no length field
        IpProtocol.AuthenticationHeader => (lengthField + 2) * 4,     // RFC 4302 §2.2: in words of 4 bytes, less 2
        _ => (lengthField + 1) * 8,                                   // RFC 8200 §4.3: in units of 8 bytes, less the first
    };
}
