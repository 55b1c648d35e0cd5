using System.Buffers.Binary;
using System.Numerics;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;

namespace Appliance.Testing;

/// <summary>What a test puts into a datagram: bytes whose checksum is zero until <see cref="TestFrames"/> knows the addresses and completes it.</summary>
/// <param name="Protocol">Of the bytes.</param>
/// <param name="Bytes">Header and payload.</param>
/// <param name="ChecksumOffset">Where the Internet checksum goes, or <see cref="NoChecksum"/>.</param>
/// <param name="HasPseudoHeader">Whether the addresses are summed too.</param>
public readonly record struct TestTransport(IpProtocol Protocol, byte[] Bytes, int ChecksumOffset, bool HasPseudoHeader)
{
    public const int NoChecksum = -1;

    /// <summary>Bytes that are left as they are.</summary>
    public static TestTransport Raw(IpProtocol protocol, params byte[] bytes) => new(protocol, bytes, NoChecksum, HasPseudoHeader: false);

    /// <summary>A payload of 0, 1, 2, … 255, 0, …</summary>
    public static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++)
            bytes[i] = (byte)i;
        return bytes;
    }

    public static TestTransport Udp(ushort sourcePort, ushort destinationPort, int payloadLength = 0) =>
        Udp(sourcePort, destinationPort, Pattern(payloadLength));

    public static TestTransport Udp(ushort sourcePort, ushort destinationPort, byte[] payload)
    {
        var bytes = new byte[UdpView.HeaderLength + payload.Length];
        payload.CopyTo(new UdpFields(sourcePort, destinationPort, (ushort)payload.Length).WriteTo(bytes).Payload);
        return new TestTransport(IpProtocol.Udp, bytes, 6, HasPseudoHeader: true);
    }

    public static TestTransport Tcp(ushort sourcePort, ushort destinationPort, TcpFlags flags = TcpFlags.Syn, int payloadLength = 0) =>
        Tcp(new TcpFields { SourcePort = sourcePort, DestinationPort = destinationPort, Flags = flags, Window = 0xffff }, Pattern(payloadLength));

    /// <param name="fields">What the header says; the length of the options is taken from <paramref name="options"/>.</param>
    /// <param name="payload">Behind the header.</param>
    /// <param name="options">A multiple of four bytes, at most 40.</param>
    public static TestTransport Tcp(TcpFields fields, byte[] payload, params byte[] options)
    {
        fields = fields with { OptionsLength = (byte)options.Length };
        var bytes = new byte[fields.HeaderLength + payload.Length];
        TcpView view = fields.WriteTo(bytes);
        options.CopyTo(view.Options);
        payload.CopyTo(view.Payload);
        return new TestTransport(IpProtocol.Tcp, bytes, 16, HasPseudoHeader: true);
    }

    /// <summary>An SCTP packet; its CRC-32c (RFC 9260 §6.8) is complete at once, for it covers no addresses.</summary>
    public static TestTransport Sctp(ushort sourcePort, ushort destinationPort, params byte[] chunks)
    {
        var bytes = new byte[SctpView.HeaderLength + chunks.Length];
        SctpView view = new SctpFields(sourcePort, destinationPort, 0x1234_5678).WriteTo(bytes);
        chunks.CopyTo(view.Chunks);
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        view.Checksum = BinaryPrimitives.ReverseEndianness(~crc);
        return Raw(IpProtocol.Sctp, bytes);
    }

    /// <summary>An ICMP message (RFC 792): type, code, checksum, four bytes that the type defines, and the rest.</summary>
    public static TestTransport Icmp(byte type, byte code, uint word = 0, params byte[] rest) =>
        new(IpProtocol.Icmp, IcmpBytes(type, code, word, rest), 2, HasPseudoHeader: false);

    /// <summary>An ICMPv6 message (RFC 4443), of the same shape, with a pseudo-header.</summary>
    public static TestTransport Icmpv6(byte type, byte code, uint word = 0, params byte[] rest) =>
        new(IpProtocol.Icmpv6, IcmpBytes(type, code, word, rest), 2, HasPseudoHeader: true);

    public static TestTransport EchoRequest(ushort identifier, ushort sequence = 1) => Icmp(8, 0, ((uint)identifier << 16) | sequence, Pattern(32));

    public static TestTransport EchoReply(ushort identifier, ushort sequence = 1) => Icmp(0, 0, ((uint)identifier << 16) | sequence, Pattern(32));

    public static TestTransport EchoRequestV6(ushort identifier, ushort sequence = 1) =>
        Icmpv6(128, 0, ((uint)identifier << 16) | sequence, Pattern(32));

    public static TestTransport EchoReplyV6(ushort identifier, ushort sequence = 1) => Icmpv6(129, 0, ((uint)identifier << 16) | sequence, Pattern(32));

    /// <summary>The bytes with the checksum that goes with the addresses: source and destination as they stand in the IP header.</summary>
    public byte[] Complete(ReadOnlySpan<byte> addresses)
    {
        byte[] complete = [.. Bytes];
        if (ChecksumOffset == NoChecksum) return complete;
        ushort start = HasPseudoHeader ? PlainChecksum.PseudoHeader(addresses, (byte)Protocol, complete.Length) : (ushort)0;
        ushort checksum = (ushort)~PlainChecksum.Sum(complete, start);
        if (Protocol == IpProtocol.Udp && checksum == 0) checksum = 0xffff;         // RFC 768: zero says that there is none
        BinaryPrimitives.WriteUInt16BigEndian(complete.AsSpan(ChecksumOffset), checksum);
        return complete;
    }

    private static byte[] IcmpBytes(byte type, byte code, uint word, byte[] rest)
    {
        byte[] bytes = [type, code, 0, 0, 0, 0, 0, 0, .. rest];
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), word);
        return bytes;
    }
}
