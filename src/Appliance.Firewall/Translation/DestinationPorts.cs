namespace Appliance.Firewall;

/// <summary>What a rule does with the destination port of what it redirects. The default leaves it as it is.</summary>
public readonly record struct DestinationPorts
{
    private readonly ushort _from, _first;
    private readonly int _count;                                        // 0: the port stays

    private DestinationPorts(ushort from, ushort first, int count) => (_from, _first, _count) = (from, first, count);

    public bool IsKept => _count == 0;

    /// <summary><c>-> host port 80</c>: always this.</summary>
    public static DestinationPorts One(ushort port) => new(from: 0, port, count: 1);

    /// <summary>
    /// <c>port 2000:2999 -> host port 4000:4999</c>, or <c>4000:*</c>: port <paramref name="from"/> becomes <paramref name="first"/>, the
    /// next the next, and behind <paramref name="last"/> comes the first again (pf_get_translation in FreeBSD's pf_lb.c).
    /// </summary>
    /// <param name="from">The lowest of the ports that the rule matches, 0 where it matches any.</param>
    /// <param name="first">Of the target's ports.</param>
    /// <param name="last">Of the target's ports, not below <paramref name="first"/>.</param>
    public static DestinationPorts Range(ushort from, ushort first, ushort last)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        return new DestinationPorts(from, first, last - first + 1);
    }

    /// <summary>
    /// What a port becomes. Ports below the rule's, which rules like <c>port &lt; 1024</c> match, go round as well; in pf they come to
    /// ports outside of the target's.
    /// </summary>
    public ushort Translate(ushort port)
    {
        if (_count == 0) return port;
        int place = (port - _from) % _count;
        return (ushort)(_first + (place < 0 ? place + _count : place));
    }

    public override string ToString() =>
        _count == 0 ? "as it is" : _count == 1 ? $"{_first}" : $"{_from}:* to {_first}:{_first + _count - 1}";
}
