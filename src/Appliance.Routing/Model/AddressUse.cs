namespace Appliance.Routing;

/// <summary>What the appliance itself has to do with an address.</summary>
public enum AddressUse : byte
{
    None,           // somebody else's
    Own,            // an address, virtual address or link-local address of a port
    Broadcast,      // the directed broadcast address of a connected prefix
}
