using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>
/// Sees what a box has found out about neighbours that its frames go to, and knows those of its peer; by the thread of the control side.
/// </summary>
internal interface INeighbourObserver
{
    /// <summary>Its MAC address is another, is known for the first time, or is no more.</summary>
    void OnChange(in NeighbourKey key);

    /// <summary>It is about to be known no more, for a reason that is this box's: its link is down, or it is configured.</summary>
    void OnUnseen(in NeighbourKey key);

    /// <summary>Its MAC address as the peer of a pair knows it; null: it does not.</summary>
    MacAddress? FindPeers(in NeighbourKey key);
}
