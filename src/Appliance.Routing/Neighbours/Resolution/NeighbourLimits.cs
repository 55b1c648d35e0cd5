namespace Appliance.Routing;

/// <summary>
/// How many neighbours are remembered. Every port has its own share, and those nobody has heard of have a share of their own within it: who
/// scans a network from outside fills that, and pushes out nobody who is known.
/// </summary>
/// <param name="Ports">How many have a full share; those that come later share what the others leave.</param>
/// <param name="KnownPerPort">With a MAC address.</param>
/// <param name="UnknownPerPort">Being asked for, or without answer.</param>
public sealed record NeighbourLimits(int Ports, int KnownPerPort, int UnknownPerPort)
{
    public const int MaxKnownPerPort = 4096;
    public const int MaxUnknownPerPort = 512;

    private const int MaxKnown = 65_536;                                // of all ports, as long as each has 64
    private const int MinKnownPerPort = 64;
    private const int MinPorts = 16;

    public int Cells => Ports * (KnownPerPort + UnknownPerPort);

    public static NeighbourLimits For(int ports)
    {
        ports = Math.Max(ports, MinPorts);
        int known = Math.Clamp(MaxKnown / ports, MinKnownPerPort, MaxKnownPerPort);
        return new NeighbourLimits(ports, known, Math.Min(known, MaxUnknownPerPort));
    }
}
