namespace Appliance.Routing;

/// <summary>
/// How many neighbours are remembered. Every port has its own share, and those nobody has heard of have a share of their own within it: who
/// scans a network from outside fills that, and pushes out nobody who is known.
/// </summary>
/// <param name="Ports">How many.</param>
/// <param name="KnownPerPort">With a MAC address.</param>
/// <param name="UnknownPerPort">Being asked for, or without answer.</param>
public sealed record NeighbourLimits(int Ports, int KnownPerPort, int UnknownPerPort)
{
    public const int MaxKnownPerPort = 4096;
    public const int MaxUnknownPerPort = 512;

    private const int MaxKnown = 65_536;                                // of all ports, as long as each has 64
    private const int MinKnownPerPort = 64;

    public int Cells => Ports * (KnownPerPort + UnknownPerPort);

    public static NeighbourLimits For(int ports)
    {
        int known = Math.Clamp(MaxKnown / Math.Max(1, ports), MinKnownPerPort, MaxKnownPerPort);
        return new NeighbourLimits(ports, known, Math.Min(known, MaxUnknownPerPort));
    }
}
