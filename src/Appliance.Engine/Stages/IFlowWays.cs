namespace Appliance.Engine;

/// <summary>The ways that rules give to flows, by number, from 1. They are the same for all workers, and stay as they are.</summary>
public interface IFlowWays
{
    /// <param name="way">Given out before.</param>
    /// <param name="nextHop">The neighbour, an IPv4 address in the low 32 bits; 0: the destination itself.</param>
    /// <returns>The logical port.</returns>
    ushort Find(ushort way, out UInt128 nextHop);
}
