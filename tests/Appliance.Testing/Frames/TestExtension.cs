using System.Buffers.Binary;
using Appliance.Wire.Ip;

namespace Appliance.Testing;

/// <summary>An IPv6 extension header for a test; <see cref="TestFrames"/> writes the next header into its first byte.</summary>
/// <param name="Type">What the header before it calls it.</param>
/// <param name="Bytes">All of it; the first byte is overwritten.</param>
public readonly record struct TestExtension(IpProtocol Type, byte[] Bytes)
{
    /// <summary>Hop-by-hop options: one PadN of six bytes.</summary>
    public static TestExtension HopByHop => new(IpProtocol.HopByHop, [0, 0, 1, 4, 0, 0, 0, 0]);

    /// <summary>Destination options: one PadN that fills <paramref name="units"/> times 8 bytes; 1 to 32.</summary>
    public static TestExtension DestinationOptions(int units = 1) =>
        new(IpProtocol.DestinationOptions, [0, (byte)(units - 1), 1, (byte)((8 * units) - 4), .. new byte[(8 * units) - 4]]);

    public static TestExtension Routing(byte type, byte segmentsLeft = 0) => new(IpProtocol.Routing, [0, 0, type, segmentsLeft, 0, 0, 0, 0]);

    public static TestExtension Fragment(int offsetBytes, bool more, uint identification = 1)
    {
        var bytes = new byte[Ipv6FragmentView.HeaderLength];
        new Ipv6FragmentFields(IpProtocol.NoNextHeader, offsetBytes, more, identification).WriteTo(bytes);
        return new TestExtension(IpProtocol.Fragment, bytes);
    }

    /// <summary>An authentication header of RFC 4302 with <paramref name="words"/> words of integrity value.</summary>
    public static TestExtension Authentication(int words = 3)
    {
        var bytes = new byte[12 + (4 * words)];
        bytes[1] = (byte)((bytes.Length / 4) - 2);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), 0x100);
        return new TestExtension(IpProtocol.AuthenticationHeader, bytes);
    }
}
