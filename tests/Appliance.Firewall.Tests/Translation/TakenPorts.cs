namespace Appliance.Firewall.Tests;

/// <summary>What is taken, and how often somebody asked.</summary>
internal struct TakenPorts(HashSet<(UInt128, ushort)> taken) : IPortProbe
{
    public int Asked;

    public bool IsFree(UInt128 address, ushort port)
    {
        Asked++;
        return !taken.Contains((address, port));
    }
}
