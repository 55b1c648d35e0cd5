using Appliance.Engine;

namespace Appliance.Firewall.Tests;

/// <summary>What is taken, and how often somebody asked.</summary>
internal struct TakenPorts(HashSet<(UInt128, ushort)> taken, PortHalf half = PortHalf.Whole) : IPortProbe
{
    public int Asked, InVain;

    public readonly PortHalf Half => half;

    public bool MaySearch { get; set; } = true;

    public void NoteInVain(int ports) => InVain += ports;

    public bool IsFree(UInt128 address, ushort port)
    {
        Asked++;
        return !taken.Contains((address, port));
    }
}
