using System.Buffers.Binary;
using Appliance.Wire.Ip;

namespace Appliance.Failover;

/// <summary>Which of two speakers is the better master, by the rules of whoever is on the other side.</summary>
internal static class CarpOrder
{
    /// <summary>Negative: the heard one is better. OpenBSD looks at the demotion first.</summary>
    public static int Compare(in CarpAdvertisement heard, CarpInterval mine, int myDemotion, CarpNeighbours neighbours)
    {
        if (neighbours == CarpNeighbours.OpenBsd && heard.Demotion != DemotionByte(myDemotion))
            return heard.Demotion.CompareTo(DemotionByte(myDemotion));
        return heard.Interval.CompareTo(mine);
    }

    /// <summary>OpenBSD's backups take over from a master that is demoted further, whatever they are told of preempting.</summary>
    public static bool IsRelieved(in CarpAdvertisement heard, int myDemotion, CarpNeighbours neighbours) =>
        neighbours == CarpNeighbours.OpenBsd && heard.Demotion > DemotionByte(myDemotion);

    public static byte DemotionByte(int demotion) => (byte)Math.Clamp(demotion, 0, byte.MaxValue);

    /// <summary>
    /// Whether this box stays master beside an equal one. FreeBSD gives way whoever it is; ucarp stays when the other's source address,
    /// read as a little-endian number, is higher than its own, and so does who lives beside it, or both would give way.
    /// </summary>
    public static bool KeepsAmongEquals(CarpNeighbours neighbours, CarpPort port, IpAddress heardFrom)
    {
        if (neighbours != CarpNeighbours.Ucarp || heardFrom.IsV6) return false;
        uint mine = BinaryPrimitives.ReverseEndianness(port.SourceFor(heardFrom).V4.Value);
        return BinaryPrimitives.ReverseEndianness(heardFrom.V4.Value) > mine;
    }
}
