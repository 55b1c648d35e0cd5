namespace Appliance.Wire.Ip;

/// <summary>
/// Walks the options of an IPv4 header. No-operations are passed over and the end-of-list octet ends the walk. Every step takes at
/// least one octet, so there are at most as many steps as bytes, and no more than 40 bytes are looked at.
/// </summary>
public ref struct Ipv4OptionReader
{
    public const int MaxLength = Ipv4View.MaxHeaderLength - Ipv4View.MinHeaderLength;

    private readonly ReadOnlySpan<byte> _options;
    private int _next;

    public Ipv4OptionReader(ReadOnlySpan<byte> options) => _options = options[..Math.Min(options.Length, MaxLength)];

    /// <summary>The option that the last <see cref="MoveNext"/> found; it is overwritten by the next.</summary>
    public Ipv4Option Current { get; private set; }

    /// <summary>The walk ended at an option whose length is below 2 or beyond the header.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>False at the end, and at the first malformed option: then <see cref="IsMalformed"/> says so.</summary>
    public bool MoveNext()
    {
        while (_next < _options.Length && _options[_next] == (byte)Ipv4OptionType.NoOperation) _next++;
        ReadOnlySpan<byte> rest = _options[_next..];
        if (rest.IsEmpty || rest[0] == (byte)Ipv4OptionType.EndOfList) return false;

        int length = rest.Length >= 2 ? rest[1] : 0;
        IsMalformed = length < 2 || length > rest.Length;
        if (IsMalformed) return false;

        Current = new Ipv4Option((Ipv4OptionType)rest[0], _next, rest[2..length]);
        _next += length;
        return true;
    }

    /// <summary>Whether a loose or strict source route is among the options, up to the first malformed one.</summary>
    public static bool HasSourceRoute(ReadOnlySpan<byte> options)
    {
        var reader = new Ipv4OptionReader(options);
        while (reader.MoveNext())
            if (reader.Current.IsSourceRoute) return true;
        return false;
    }
}
