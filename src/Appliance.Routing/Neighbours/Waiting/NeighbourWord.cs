using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>
/// What workers see of one neighbour, in one word that is written and read whole.
/// <code>
///     63    61 60          48 47                     0
///    | state  | turn         | MAC address            |
/// </code>
/// The turn counts the changes of the word: who has said something about a neighbour says it again only after a change.
/// </summary>
internal readonly record struct NeighbourWord(ulong Bits)
{
    private const int StateShift = 61, TurnShift = 48;
    private const ulong TurnMask = 0x1fff, MacMask = 0xffff_ffff_ffff;

    public NeighbourState State => (NeighbourState)(Bits >> StateShift);

    /// <summary>13 bits.</summary>
    public ushort Turn => (ushort)((Bits >> TurnShift) & TurnMask);

    public MacAddress Mac => new(Bits & MacMask);

    /// <summary>Whether frames may be sent to <see cref="Mac"/>.</summary>
    public bool IsUsable => State is NeighbourState.Reachable or NeighbourState.Stale or NeighbourState.Delay or NeighbourState.Probe;

    public NeighbourWord Next(NeighbourState state, MacAddress mac) =>
        new(((ulong)state << StateShift) | (((Turn + 1UL) & TurnMask) << TurnShift) | (mac.Value & MacMask));
}
