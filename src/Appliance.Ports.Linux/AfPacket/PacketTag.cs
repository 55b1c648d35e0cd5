using System.Buffers.Binary;

namespace Appliance.Ports.Linux;

/// <summary>The VLAN tag that the kernel hands over beside a frame, put back in its place (IEEE 802.1Q §9.5).</summary>
internal static class PacketTag
{
    /// <param name="type">Of the tag: 0x8100 or 0x88a8.</param>
    /// <param name="control">Priority and VLAN, as the tag has them.</param>
    /// <param name="bytes">Behind the addresses.</param>
    public static void Write(ushort type, ushort control, Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, type);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[sizeof(ushort)..], control);
    }
}
