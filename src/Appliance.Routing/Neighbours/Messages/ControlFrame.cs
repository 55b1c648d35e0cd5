using Appliance.Engine;
using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>What a frame to the control side says in front of its datagram: which sub-port it is for, and who sent it to whom.</summary>
/// <param name="Port">Logical.</param>
/// <param name="Source">Never a group, never our own.</param>
/// <param name="Type">Behind the tags.</param>
/// <param name="Offset">Of the datagram.</param>
internal readonly record struct ControlFrame(int Port, MacAddress Source, EtherType Type, int Offset)
{
    private const int MaxTags = 8;

    /// <summary>False: too short, of a VLAN that is not configured, from ourselves, or to another station.</summary>
    /// <param name="ports">All ports.</param>
    /// <param name="port">By which it came in; with its tags still in place, a physical one.</param>
    /// <param name="bytes">From the Ethernet header on.</param>
    public static bool TryRead(PortTable ports, int port, Span<byte> bytes, out ControlFrame frame)
    {
        frame = default;
        if ((uint)port >= (uint)ports.Count || !EthernetView.TryParse(bytes, out EthernetView ethernet)) return false;
        MacAddress own = ports[port].Mac;
        if (ethernet.Source.IsGroup || ethernet.Source == own) return false;
        bool isOther = !ethernet.Destination.IsGroup && ethernet.Destination != own;
        if (isOther && !CarpAddresses.IsVirtual(ethernet.Destination)) return false;
        EtherType type = ethernet.EtherType;
        int offset = EthernetView.HeaderLength;
        for (int tags = 0; VlanTagView.Announces(type) && tags < MaxTags; tags++)
        {
            if (!VlanTagView.TryParse(bytes[offset..], out VlanTagView tag)) return false;
            if (tag.VlanId != 0 && (port = ports.FindSubport(port, tag.VlanId)) < 0) return false;
            type = tag.EtherType;
            offset += VlanTagView.HeaderLength;
        }

        if (isOther && !(ports[port].VirtualHosts?.Takes(ethernet.Destination) ?? false)) return false;
        frame = new ControlFrame(port, ethernet.Source, type, offset);
        return true;
    }
}
