using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// The ports from <see cref="Low"/> to <see cref="High"/>, both included, or with <see cref="MapE"/> several such ranges of one length at
/// equal distances, of which those are the first.
/// </summary>
public readonly record struct PortRange
{
    private const int PortBits = 16;

    /// <summary>What pf takes for source translation unless a rule names others (PF_NAT_PROXY_PORT).</summary>
    public static readonly PortRange Default = new(50001, 65535);

    /// <summary>Identifiers of ICMP queries; never 0, as in pf.</summary>
    public static readonly PortRange Identifiers = new(1, 65535);

    private readonly ushort _repeats;                                   // ranges behind the first
    private readonly ushort _distance;                                  // from one's low port to the next's; 0: there is one alone

    /// <summary>In either order, as in pf.</summary>
    public PortRange(ushort one, ushort other) => (Low, High) = one < other ? (one, other) : (other, one);

    private PortRange(ushort low, ushort high, ushort repeats, ushort distance)
        : this(low, high) => (_repeats, _distance) = (repeats, distance);

    public ushort Low { get; }
    public ushort High { get; }
    public int Count => Length * (_repeats + 1);

    /// <summary>Whether it is the port set of a customer who shares an address with others.</summary>
    public bool IsShared => _distance != 0;

    private int Length => High - Low + 1;

    /// <summary>
    /// The port set of RFC 7597 §5.1: a port's upper <paramref name="offset"/> bits are anything but 0, the next <paramref name="length"/>
    /// bits are <paramref name="identifier"/>.
    /// </summary>
    /// <param name="offset">1 to 15 bits.</param>
    /// <param name="length">1 to 16 − offset bits.</param>
    /// <param name="identifier">The PSID; its lower <paramref name="length"/> bits count.</param>
    public static PortRange MapE(int offset, int length, int identifier)
    {
        int distance = 1 << (PortBits - offset), size = distance >> length;
        int low = distance | ((identifier & ((1 << length) - 1)) * size);
        return new PortRange((ushort)low, (ushort)(low + size - 1), (ushort)((1 << offset) - 2), (ushort)distance);
    }

    /// <summary>
    /// The ports of one half. Of several ranges each half has whole ones; one port alone cannot be halved, and is in both.
    /// </summary>
    public PortRange HalfOf(PortHalf half)
    {
        bool isUpper = half == PortHalf.Upper;
        if (half == PortHalf.Whole || Count == 1) return this;
        if (_repeats > 0)
        {
            int lower = (_repeats + 1) / 2, low = Low + (isUpper ? lower * _distance : 0);
            int repeats = (isUpper ? _repeats + 1 - lower : lower) - 1;
            return new PortRange((ushort)low, (ushort)(low + Length - 1), (ushort)repeats, _distance);
        }

        int middle = Low + (Length / 2);
        return isUpper ? new PortRange((ushort)middle, High, 0, _distance) : new PortRange(Low, (ushort)(middle - 1), 0, _distance);
    }

    public bool Contains(ushort port)
    {
        int above = port - Low;
        if (_distance == 0) return above >= 0 && above < Length;
        return above >= 0 && above % _distance < Length && above / _distance <= _repeats;
    }

    /// <summary>The port at a place, from 0; the places go round.</summary>
    public ushort At(uint index)
    {
        uint place = index % (uint)Count, length = (uint)Length;
        return (ushort)(Low + (place / length * _distance) + (place % length));
    }
}
