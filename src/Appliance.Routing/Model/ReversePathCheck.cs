namespace Appliance.Routing;

/// <summary>What a source address must prove at a port (RFC 3704 §2).</summary>
public enum ReversePathCheck : byte
{
    Off,
    Loose,          // some route leads to it
    Strict,         // its route leads out of the port it came in by
}
