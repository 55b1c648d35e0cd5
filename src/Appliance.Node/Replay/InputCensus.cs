using System.Collections.Immutable;

namespace Appliance.Node;

/// <summary>
/// What the frames of one capture are like where they enter, whatever becomes of them: the usual mistakes of taking a capture show here.
/// </summary>
/// <param name="label">The ports as the user wrote them.</param>
public sealed class InputCensus(string label, ImmutableArray<int> ports)
{
    private readonly Dictionary<int, long> _behindOther = [];

    public string Label => label;

    /// <summary>Indices of the physical ports named.</summary>
    public ImmutableArray<int> Ports => ports;

    /// <summary>Frames whose source is routed somewhere.</summary>
    public long Routed { get; private set; }

    /// <summary>Of them, those that enter at one port while their source is routed to another, by that other's index.</summary>
    public IReadOnlyDictionary<int, long> BehindOther => _behindOther;

    /// <summary>Frames with a datagram over the MTU of the port where they enter: no wire carried them so.</summary>
    public long OverMtu { get; private set; }

    /// <summary>Bytes of the longest of these datagrams; 0 without one.</summary>
    public int LongestBytes { get; private set; }

    /// <param name="home">The physical port that the source is routed to, or <see cref="ArrivalPort.Nowhere"/>.</param>
    internal void CountSource(int port, int home)
    {
        if (home == ArrivalPort.Nowhere) return;
        Routed++;
        if (home != port) _behindOther[home] = _behindOther.GetValueOrDefault(home) + 1;
    }

    internal void CountOverMtu(int datagramBytes)
    {
        OverMtu++;
        LongestBytes = Math.Max(LongestBytes, datagramBytes);
    }
}
