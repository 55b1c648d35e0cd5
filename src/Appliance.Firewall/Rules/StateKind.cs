namespace Appliance.Firewall;

/// <summary>Whether a passing packet makes a state, and what the state does to sequence numbers.</summary>
public enum StateKind : byte
{
    None,                       // no state
    Keep,                       // keep state, the default of a pass rule
    Modulate,                   // modulate state
    Synproxy,                   // synproxy state
}
