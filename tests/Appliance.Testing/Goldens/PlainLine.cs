using System.Buffers.Binary;
using System.Net;
using Xunit;

namespace Appliance.Testing;

/// <summary>
/// A frame in one line, read the plain way, with its checksums proved. Uses nothing of the product.
/// <code>
///     tcp 192.0.2.1:1000 > 198.51.100.2:80 SA          icmp 192.0.2.1 > 198.51.100.2 8/0 id 7
///     udp [2001:db8::1]:1000 > [2001:db8::2]:53        icmp 192.0.2.9 > 192.0.2.1 3/4:1280 [udp 192.0.2.1:1000 > 198.51.100.2:53]
/// </code>
/// Of errors the word behind the checksum is printed where it is not 0, and what they quote.
/// </summary>
public static class PlainLine
{
    private const int Ethernet = 14;

    public static string Of(ReadOnlySpan<byte> frame) => OfDatagram(frame[Ethernet..], isWhole: true);

    private static string OfDatagram(ReadOnlySpan<byte> datagram, bool isWhole)
    {
        bool v6 = datagram[0] >> 4 == 6;
        int header = v6 ? 40 : (datagram[0] & 15) * 4;
        int length = v6 ? 40 + Word(datagram, 4) : Word(datagram, 2);
        byte protocol = v6 ? datagram[6] : datagram[9];
        ReadOnlySpan<byte> addresses = v6 ? datagram[8..40] : datagram[12..20];
        if (!v6) Assert.Equal(0xffff, PlainChecksum.Sum(datagram[..header]));
        ReadOnlySpan<byte> transport = datagram[header..Math.Min(length, datagram.Length)];
        if (isWhole) Prove(transport, addresses, protocol, v6);
        int size = addresses.Length / 2;
        string source = new IPAddress(addresses[..size]).ToString(), destination = new IPAddress(addresses[size..]).ToString();
        return protocol switch
        {
            6 => $"tcp {Ends(source, destination, transport, v6)}{(isWhole ? " " + Flags(transport[13]) : "")}",
            17 => $"udp {Ends(source, destination, transport, v6)}",
            1 when !v6 => $"icmp {source} > {destination} {Message(transport, transport[0] is 0 or 8, transport[0] is 3 or 11 or 12)}",
            58 when v6 => $"icmp6 {source} > {destination} {Message(transport, transport[0] is 128 or 129, transport[0] < 128)}",
            _ => $"{protocol} {source} > {destination}",
        };
    }

    private static string Ends(string source, string destination, ReadOnlySpan<byte> transport, bool v6) => v6
        ? $"[{source}]:{Word(transport, 0)} > [{destination}]:{Word(transport, 2)}"
        : $"{source}:{Word(transport, 0)} > {destination}:{Word(transport, 2)}";

    private static string Message(ReadOnlySpan<byte> message, bool isEcho, bool isError)
    {
        string kind = $"{message[0]}/{message[1]}";
        if (isEcho) return $"{kind} id {Word(message, 4)}";
        if (!isError) return kind;
        uint word = BinaryPrimitives.ReadUInt32BigEndian(message[4..]);
        return $"{kind}{(word == 0 ? "" : $":{word}")} [{OfDatagram(message[8..], isWhole: false)}]";
    }

    /// <summary>As in a packet's text, but always in this order.</summary>
    private static string Flags(byte flags) => string.Concat("FSRPAU".Where((_, bit) => (flags >> bit & 1) != 0).OrderBy("SFRPAU".IndexOf));

    private static void Prove(ReadOnlySpan<byte> transport, ReadOnlySpan<byte> addresses, byte protocol, bool v6)
    {
        if (protocol is not (6 or 17) && protocol != (v6 ? 58 : 1)) return;
        ushort pseudo = protocol == 1 ? (ushort)0 : PlainChecksum.PseudoHeader(addresses, protocol, transport.Length);
        Assert.Equal(0xffff, PlainChecksum.Sum(transport, pseudo));
    }

    private static ushort Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
}
