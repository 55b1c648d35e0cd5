using Appliance.Wire.Ethernet;

namespace Appliance.Wire.Ndp;

/// <summary>Walks the options behind a message of neighbour discovery (RFC 4861 §4.6), at most <see cref="MaxOptions"/> of them.</summary>
public ref struct NdpOptionReader
{
    /// <summary>More options than that count as malformed.</summary>
    public const int MaxOptions = 256;

    public const int OptionHeaderLength = 2;                          // bytes: type, length

    private const int Unit = 8;                                       // bytes; what the length counts

    private readonly ReadOnlySpan<byte> _options;
    private int _next;
    private int _count;

    public NdpOptionReader(ReadOnlySpan<byte> options) => _options = options;

    /// <summary>The option that the last <see cref="MoveNext"/> found; it is overwritten by the next.</summary>
    public NdpOption Current { get; private set; }

    /// <summary>
    /// The walk ended at an option of length 0 ("Nodes MUST silently discard an ND packet that contains an option with length zero",
    /// RFC 4861 §4.6), at one that goes beyond the message, or at too many.
    /// </summary>
    public bool IsMalformed { get; private set; }

    /// <summary>False at the end, and at the first malformed option: then <see cref="IsMalformed"/> says so.</summary>
    public bool MoveNext()
    {
        ReadOnlySpan<byte> rest = _options[_next..];
        if (rest.IsEmpty) return false;

        int length = rest.Length >= OptionHeaderLength ? rest[1] * Unit : 0;
        IsMalformed = length == 0 || length > rest.Length || _count == MaxOptions;
        if (IsMalformed) return false;

        Current = new NdpOption((NdpOptionType)rest[0], _next, rest[OptionHeaderLength..length]);
        _next += length;
        _count++;
        return true;
    }

    /// <summary>The first link-layer address of the type asked for, source or target; null when there is none.</summary>
    public static MacAddress? FindLinkLayerAddress(ReadOnlySpan<byte> options, NdpOptionType type)
    {
        var reader = new NdpOptionReader(options);
        while (reader.MoveNext())
            if (reader.Current.Type == type && reader.Current.TryGetLinkLayerAddress(out MacAddress address)) return address;
        return null;
    }
}
