namespace Appliance.Routing;

/// <summary>What an entry's change of state asks to be done.</summary>
[Flags]
internal enum NeighbourActions : byte
{
    None = 0,
    Record = 1,             // take over the MAC address that was told
    Solicit = 2,            // ask: the group while it is INCOMPLETE, the neighbour itself in PROBE
    NoteWanted = 4,         // ask again when FAILED ends
    Restart = 8,            // set the timer of the state, though the state is the same
}
