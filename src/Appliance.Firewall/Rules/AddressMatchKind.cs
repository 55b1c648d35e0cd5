namespace Appliance.Firewall;

/// <summary>What an <see cref="AddressMatch"/> asks of an address.</summary>
public enum AddressMatchKind : byte
{
    Any,
    Ranges,                     // within one of the ranges
    Table,                      // a member of the table
    NoRoute,                    // there is no route to it
    UrpfFailed,                 // the route to it does not lead by the port that the packet is at; of sources only
}
