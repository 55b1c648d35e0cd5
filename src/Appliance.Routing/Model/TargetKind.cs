namespace Appliance.Routing;

/// <summary>What becomes of a datagram at the end of a route (ip-route(8) has the same names).</summary>
public enum TargetKind : byte
{
    Unicast,            // it goes on by one of the ways
    Blackhole,          // it is dropped, and nobody is told
    Unreachable,        // its sender is told that nothing is there
    Prohibit,           // its sender is told that it may not go there
}
