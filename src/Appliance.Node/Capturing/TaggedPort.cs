using System.Buffers.Binary;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>Which sub-port a frame on a physical port is of, by its tags.</summary>
internal static class TaggedPort
{
    private const int TypeOffset = 12, TagLength = 4;

    /// <summary>The logical port's index; -1: a VLAN that is none's.</summary>
    public static int Of(ReadOnlySpan<byte> frame, int physical, PortTable ports)
    {
        int port = physical;
        for (int at = TypeOffset; at + TagLength <= frame.Length && port >= 0; at += TagLength)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(frame[at..]) is not (0x8100 or 0x88a8)) break;
            int vlan = BinaryPrimitives.ReadUInt16BigEndian(frame[(at + 2)..]) & 0xfff;
            if (vlan != 0) port = ports.FindSubport(port, vlan);
        }

        return port;
    }
}
