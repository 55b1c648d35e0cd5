using Appliance.Wire.Ip;

namespace Appliance.Firewall.Tests;

/// <summary>Packets and conditions for examples, by text.</summary>
internal static class Packets
{
    /// <summary>A first TCP segment, in at port 1.</summary>
    public static PacketView Tcp(string source, string destination, ushort destinationPort = 80) => Of(source, destination) with
    {
        Protocol = IpProtocol.Tcp,
        SourcePort = 40_000,
        DestinationPort = destinationPort,
        TcpFlags = 0x02,
    };

    public static PacketView Of(string source, string destination) => new()
    {
        Family = Address(source).IsV6 ? (byte)6 : (byte)4,
        Source = Address(source).Bits,
        Destination = Address(destination).Bits,
        Direction = RuleDirection.In,
        Port = 1,
        ReceivedOn = 1,
        Frames = 1,
        Bytes = 60,
        Protocol = IpProtocol.Gre,
    };

    public static AddressMatch Net(string text) => AddressMatch.Of(Prefix(text));

    public static AddressMatch Range(string first, string last) => AddressMatch.Of(new AddressRange(Address(first), Address(last)));

    public static TableEntry Entry(string text) =>
        text.StartsWith('!') ? new TableEntry(Prefix(text[1..]), IsNegated: true) : new TableEntry(Prefix(text));

    public static IpAddress Address(string text) =>
        IpAddress.TryParse(text, out IpAddress address) ? address : throw new FormatException(text);

    public static IpPrefix Prefix(string text) => IpPrefix.TryParse(text, out IpPrefix prefix) ? prefix : throw new FormatException(text);
}
