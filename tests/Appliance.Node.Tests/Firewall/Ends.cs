using System.Buffers.Binary;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Node.Tests.Firewall;

/// <summary>
/// The endpoints of a frame, read without the product's views, with its checksums proved. Of ICMP queries both ports are the identifier;
/// what has no ports has 0.
/// </summary>
internal readonly record struct Ends(string Source, int SourcePort, string Destination, int DestinationPort)
{
    private const int Ethernet = 14;

    public static Ends Of(byte[] frame) => OfDatagram(frame.AsSpan(Ethernet));

    /// <summary>What an ICMP or ICMPv6 error quotes; the checksum of its transport is not proved, for it may be cut.</summary>
    public static Ends Quoted(byte[] frame)
    {
        Of(frame);
        bool v6 = frame[Ethernet] >> 4 == 6;
        return Read(frame.AsSpan(Ethernet + (v6 ? 40 : (frame[Ethernet] & 15) * 4) + 8), isWhole: false);
    }

    public static Ends OfDatagram(ReadOnlySpan<byte> datagram) => Read(datagram, isWhole: true);

    private static Ends Read(ReadOnlySpan<byte> datagram, bool isWhole)
    {
        bool v6 = datagram[0] >> 4 == 6;
        int header = v6 ? 40 : (datagram[0] & 15) * 4;
        int length = v6 ? 40 + BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]) : BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        byte protocol = v6 ? datagram[6] : datagram[9];
        ReadOnlySpan<byte> addresses = v6 ? datagram[8..40] : datagram[12..20];
        if (!v6) Assert.Equal(0xffff, PlainChecksum.Sum(datagram[..header]));
        ReadOnlySpan<byte> transport = datagram[header..Math.Min(length, datagram.Length)];
        if (isWhole) MustBeRight(transport, addresses, protocol, v6);
        bool isEcho = (protocol == 1 && !v6 && transport[0] is 0 or 8) || (protocol == 58 && v6 && transport[0] is 128 or 129);
        bool hasPorts = protocol is 6 or 17 or 132;
        int source = hasPorts || isEcho ? BinaryPrimitives.ReadUInt16BigEndian(transport[(isEcho ? 4 : 0)..]) : 0;
        int destination = hasPorts || isEcho ? BinaryPrimitives.ReadUInt16BigEndian(transport[(isEcho ? 4 : 2)..]) : 0;
        int size = addresses.Length / 2;
        return new Ends(TextOf(addresses[..size]), source, TextOf(addresses[size..]), destination);
    }

    private static void MustBeRight(ReadOnlySpan<byte> transport, ReadOnlySpan<byte> addresses, byte protocol, bool v6)
    {
        if (protocol == 17 && transport[6] == 0 && transport[7] == 0) return;
        ushort pseudo = protocol == 1 ? (ushort)0 : PlainChecksum.PseudoHeader(addresses, protocol, transport.Length);
        if (protocol is 6 or 17 || protocol == (v6 ? 58 : 1)) Assert.Equal(0xffff, PlainChecksum.Sum(transport, pseudo));
    }

    private static string TextOf(ReadOnlySpan<byte> address) =>
        address.Length == 4 ? Ipv4Address.Read(address).ToString() : Ipv6Address.Read(address).ToString();
}
