namespace Appliance.Routing;

/// <summary>What the appliance itself has to do with an address.</summary>
public enum AddressUse : byte
{
    None,           // somebody else's
    Own,            // an address or link-local address of a port, or a virtual address that is here
    Broadcast,      // the directed broadcast address of a connected prefix
    Standby,        // a virtual address, while the other of the pair has it
    Lingering,      // one that was given to the other just now: states still translate from it, and nobody answers
}
