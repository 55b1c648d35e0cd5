using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;

namespace Appliance.Node.Tests;

/// <summary>Frames of ARP and neighbour discovery that hosts send.</summary>
internal static class Messages
{
    public static readonly MacAddress AllNodes = new(0x3333_0000_0001);

    public static byte[] Arp(ArpOperation operation, MacAddress sender, string source, string target, MacAddress? to = null) =>
        TestFrames.WithMacs(
            TestFrames.Arp(new ArpFields(operation, sender, TestFrames.V4(source), default, TestFrames.V4(target))),
            to ?? MacAddress.Broadcast, sender);

    /// <param name="mac">The sender's, told as the target's.</param>
    public static byte[] Advertisement(
        string target, string to, MacAddress mac, MacAddress toMac, bool solicited, bool overrides, bool router = false, byte hops = 255)
    {
        var fields = new NeighborAdvertisementFields(TestFrames.V6(target), router, solicited, overrides, mac);
        var message = new byte[fields.Length];
        fields.WriteTo(message);
        return TestFrames.WithMacs(InDatagram(target, to, message, hops), toMac, mac);
    }

    public static byte[] Solicitation(string target, string source, MacAddress mac, bool tells = true, byte hops = 255)
    {
        var fields = new NeighborSolicitationFields(TestFrames.V6(target), tells ? mac : null);
        var message = new byte[fields.Length];
        fields.WriteTo(message);
        Ipv6Address group = TestFrames.V6(target).SolicitedNode;
        return TestFrames.WithMacs(
            InDatagram(source, group.ToString(), message, hops), new MacAddress(0x3333_0000_0000UL | (uint)group.Value), mac);
    }

    public static byte[] InDatagram(string source, string destination, byte[] message, byte hops = 255) =>
        TestFrames.Ipv6(
            source, destination, new TestTransport(IpProtocol.Icmpv6, [.. message[..2], 0, 0, .. message[4..]], 2, HasPseudoHeader: true),
            ip => ip with { HopLimit = hops });
}
