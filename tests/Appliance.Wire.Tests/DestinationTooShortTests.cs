using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Icmp;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;
using Appliance.Wire.Transport;
using Appliance.Wire.Tunnels;
using Xunit;

namespace Appliance.Wire.Tests;

/// <summary>Everything that writes itself asks for its length, in bytes as its standard has it, and touches no byte beyond it.</summary>
public sealed class DestinationTooShortTests
{
    private const byte Untouched = 0xee;
    private const int BytesBehind = 16;

    private static readonly MacAddress Mac = new(0x0000_5e00_5301);

    private static readonly Dictionary<string, (int Length, Action<byte[]> WriteTo)> Writers = new(StringComparer.Ordinal)
    {
        ["Ethernet"] = (14, bytes => default(EthernetFields).WriteTo(bytes)),
        ["VLAN tag"] = (4, bytes => default(VlanTagFields).WriteTo(bytes)),
        ["ARP"] = (28, bytes => default(ArpFields).WriteTo(bytes)),
        ["IPv4"] = (20, bytes => default(Ipv4Fields).WriteTo(bytes)),
        ["IPv4 with options"] = (28, bytes => new Ipv4Fields { OptionsLength = 8 }.WriteTo(bytes)),
        ["IPv6"] = (40, bytes => default(Ipv6Fields).WriteTo(bytes)),
        ["IPv6 fragment"] = (8, bytes => default(Ipv6FragmentFields).WriteTo(bytes)),
        ["UDP"] = (8, bytes => default(UdpFields).WriteTo(bytes)),
        ["TCP"] = (20, bytes => default(TcpFields).WriteTo(bytes)),
        ["TCP with options"] = (32, bytes => new TcpFields { OptionsLength = 12 }.WriteTo(bytes)),
        ["SCTP"] = (12, bytes => default(SctpFields).WriteTo(bytes)),
        ["GRE"] = (4, bytes => default(GreFields).WriteTo(bytes)),
        ["GRE with everything"] = (16, bytes => new GreFields(EtherType.Ipv4, HasChecksum: true, Key: 1, SequenceNumber: 2).WriteTo(bytes)),
        ["ICMP"] = (8, bytes => default(IcmpFields).WriteTo(bytes)),
        ["ICMPv6"] = (8, bytes => default(Icmpv6Fields).WriteTo(bytes)),
        ["router solicitation"] = (8, bytes => default(RouterSolicitationFields).WriteTo(bytes)),
        ["router solicitation with address"] = (16, bytes => new RouterSolicitationFields(Mac).WriteTo(bytes)),
        ["router advertisement"] = (16, bytes => default(RouterAdvertisementFields).WriteTo(bytes)),
        ["neighbor solicitation"] = (24, bytes => default(NeighborSolicitationFields).WriteTo(bytes)),
        ["neighbor solicitation with address"] = (32, bytes => new NeighborSolicitationFields(Ipv6Address.Any, Mac).WriteTo(bytes)),
        ["neighbor advertisement"] = (24, bytes => default(NeighborAdvertisementFields).WriteTo(bytes)),
        ["neighbor advertisement with address"] =
            (32, bytes => (default(NeighborAdvertisementFields) with { TargetLinkLayerAddress = Mac }).WriteTo(bytes)),
        ["redirect"] = (40, bytes => default(RedirectFields).WriteTo(bytes)),
        ["prefix information"] = (32, bytes => default(NdpPrefixInformation).WriteTo(bytes)),
        ["link-layer address"] = (8, bytes => new NdpLinkLayerAddress(NdpOptionType.TargetLinkLayerAddress, Mac).WriteTo(bytes)),
    };

    public static TheoryData<string> Names => [.. Writers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Less_room_than_the_length_is_an_error_of_the_caller_and_writes_nothing(string name)
    {
        (int needed, Action<byte[]> writeTo) = Writers[name];
        for (int length = 0; length < needed; length++)
        {
            byte[] bytes = Filled(length);
            ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => writeTo(bytes));
            Assert.Equal("bytes", error.ParamName);
            Assert.Equal(Filled(length), bytes);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Exactly_the_length_is_enough_and_what_is_behind_it_stays(string name)
    {
        (int needed, Action<byte[]> writeTo) = Writers[name];
        byte[] exact = Filled(needed), longer = Filled(needed + BytesBehind);
        writeTo(exact);
        writeTo(longer);
        Assert.NotEqual(Filled(needed), exact);
        Assert.Equal([.. exact, .. Filled(BytesBehind)], longer);
    }

    private static byte[] Filled(int length)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, Untouched);
        return bytes;
    }
}
