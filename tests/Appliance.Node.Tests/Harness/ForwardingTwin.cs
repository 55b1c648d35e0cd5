using System.Buffers.Binary;
using Appliance.Testing;
using Appliance.Wire.Ethernet;

namespace Appliance.Node.Tests;

/// <summary>What a router does to a frame, in words of bytes (RFC 1812 §5.2.1.2, RFC 8200 §3): nothing of the product is used.</summary>
internal static class ForwardingTwin
{
    private const ushort Ipv4 = 0x0800;

    /// <summary>A new Ethernet header, one hop less, the IPv4 header checksum computed in full, nothing behind the datagram.</summary>
    public static byte[] Forward(byte[] frame, MacAddress source, MacAddress destination, params ReadOnlySpan<ushort> tags)
    {
        byte[] datagram = DatagramOf(frame, out ushort type);
        int hopAt = type == Ipv4 ? 8 : 7;
        datagram[hopAt]--;
        if (type == Ipv4) SumHeader(datagram);
        return TestFrames.Tagged(
            TestFrames.WithMacs([.. new byte[12], (byte)(type >> 8), (byte)type, .. datagram], destination, source), tags);
    }

    /// <summary>A copy of the datagram in a frame, behind its tags and without padding.</summary>
    public static byte[] DatagramOf(byte[] frame) => DatagramOf(frame, out _);

    public static void SumHeader(Span<byte> datagram)
    {
        Span<byte> header = datagram[..((datagram[0] & 15) * 4)];
        header[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], (ushort)~PlainChecksum.Sum(header));
    }

    private static byte[] DatagramOf(byte[] frame, out ushort type)
    {
        int at = 12;
        while ((type = BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(at))) is 0x8100 or 0x88a8)
            at += 4;
        Span<byte> rest = frame.AsSpan(at + 2);
        int length = type == Ipv4 ? BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) : 40 + BinaryPrimitives.ReadUInt16BigEndian(rest[4..]);
        return rest[..length].ToArray();
    }
}
