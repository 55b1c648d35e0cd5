namespace Appliance.Firewall;

/// <summary>
/// What packets are cut by. Each is a number of the packet: IPv6 addresses count by interval among those that the rules name; what has an
/// ICMP type and code has them in the place of ports, since no rule asks for both; what has neither has 0 there, and says so beside its
/// protocol.
/// </summary>
internal static class Dimension
{
    public const int Source = 0;                    // 32 bits, as the next; 16 bits the others
    public const int Destination = 1;
    public const int Interface = 2;
    public const int SourcePort = 3;                // or ICMP code
    public const int DestinationPort = 4;           // or ICMP type
    public const int Protocol = 5;                  // twice, and one more where there are neither ports nor type and code
    public const int Count = 6;

    public const uint LastNumber = ushort.MaxValue; // of those of 16 bits
    public const uint LastProtocol = (2 * byte.MaxValue) + 1;
}
