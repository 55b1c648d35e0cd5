namespace Appliance.Firewall;

/// <summary>
/// What packets are cut by. Each is a number of the packet: IPv6 addresses count by interval among those that the rules name; what has no
/// ports has <see cref="NoPort"/> for both, and what has an ICMP type and code has them in their place, since no rule asks for both.
/// </summary>
internal static class Dimension
{
    public const int Interface = 0;
    public const int Protocol = 1;
    public const int Source = 2;
    public const int Destination = 3;
    public const int SourcePort = 4;                // or ICMP code
    public const int DestinationPort = 5;           // or ICMP type
    public const int Count = 6;

    public const uint LastInterface = ushort.MaxValue;
    public const uint LastProtocol = byte.MaxValue;
    public const uint NoPort = ushort.MaxValue + 1;
}
