using System.Buffers.Binary;
using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Node;

/// <summary>Frames of failover between ports and sub-ports: tags go in where a frame leaves and off where it comes in.</summary>
internal static class TaggedFrames
{
    /// <summary>More than a configuration may have.</summary>
    public const int MaxTags = 8;

    private const int AddressBytes = 2 * MacAddress.Length;

    /// <summary>
    /// Puts the tags of <paramref name="port"/> into the frame of <paramref name="length"/> bytes at the front of <paramref name="room"/>;
    /// answers its length then.
    /// </summary>
    public static int Tag(PortTable ports, int port, Span<byte> room, int length)
    {
        for (PortFacts facts = ports[port]; facts.Parent != PortFacts.NoParent; facts = ports[facts.Parent])
        {
            room[AddressBytes..length].CopyTo(room[(AddressBytes + VlanTagView.HeaderLength)..]);
            BinaryPrimitives.WriteUInt16BigEndian(room[AddressBytes..], (ushort)EtherType.Vlan);
            BinaryPrimitives.WriteUInt16BigEndian(room[(AddressBytes + sizeof(ushort))..], facts.VlanId);
            length += VlanTagView.HeaderLength;
        }

        return length;
    }

    /// <summary>
    /// The frame without its tags, for which its addresses are moved, and the sub-port that they lead to. False: too short, or of a VLAN
    /// that nobody configured.
    /// </summary>
    public static bool TryUntag(PortTable ports, int physical, Span<byte> frame, out int port, out Span<byte> untagged)
    {
        port = physical;
        untagged = frame;
        int tags = 0;
        for (; tags < MaxTags; tags++)
        {
            int at = AddressBytes + (tags * VlanTagView.HeaderLength);
            if (frame.Length < at + sizeof(ushort)) return false;
            if (!VlanTagView.Announces((EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[at..]))) break;
            if (!VlanTagView.TryParse(frame[(at + sizeof(ushort))..], out VlanTagView tag)) return false;
            if (tag.VlanId != 0 && (port = ports.FindSubport(port, tag.VlanId)) < 0) return false;
        }

        if (tags == 0) return true;
        untagged = frame[(tags * VlanTagView.HeaderLength)..];
        frame[..AddressBytes].CopyTo(untagged);
        return true;
    }
}
