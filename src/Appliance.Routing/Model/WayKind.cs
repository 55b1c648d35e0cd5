namespace Appliance.Routing;

/// <summary>Who the neighbour of a way is.</summary>
public enum WayKind : byte
{
    Connected,          // the destination itself
    Gateway,            // a gateway whose MAC is known
    Unresolved,         // a gateway that nobody knows
}
