using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Node.Tests;

/// <summary>Configurations that many tests share, and the addresses in them.</summary>
internal static class Boxes
{
    /// <summary>Two ports, both families: what is not connected has no route.</summary>
    public const string Island = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"]}

        """;

    /// <summary>The same with a default route of each family by the wan, to a gateway that has to be asked for.</summary>
    public const string Routed = Island + """
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: "::/0", via: "2001:db8:2::1"}

        """;

    /// <summary>The same with the gateway configured as a neighbour.</summary>
    public const string Edge = Routed + """
        neighbors:
          - {port: wan, address: 203.0.113.1, mac: "02:00:00:00:0a:01"}
          - {port: wan, address: "2001:db8:2::1", mac: "02:00:00:00:0a:01"}

        """;

    /// <summary>Ends a configuration; what follows is its ruleset.</summary>
    public const string Ruleset = "%%ruleset%%\n";

    public const string LanHost = "192.168.1.10", LanHostV6 = "2001:db8:1::10";
    public const string Outside = "198.51.100.7", OutsideV6 = "2001:db8:ffff::7";

    public static readonly MacAddress Gateway = new(0x0200_0000_0a01);
    public static readonly MacAddress LanMac = new(0x0201_0000_0001), WanMac = new(0x0201_0000_0002);

    /// <summary>What the replay's table says of a neighbour that nobody configured: 02:00 and the last four bytes of its address.</summary>
    public static MacAddress InventedFor(string address) =>
        IpAddress.TryParse(address, out IpAddress parsed)
            ? new MacAddress(0x0200_0000_0000UL | (uint)parsed.Bits)
            : throw new FormatException(address);
}
