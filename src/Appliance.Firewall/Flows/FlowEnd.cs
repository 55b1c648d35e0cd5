namespace Appliance.Firewall;

/// <summary>Why a state went.</summary>
public enum FlowEnd : byte
{
    Removed,                    // whoever holds the table wanted it so
    Expired,
    Killed,                     // a person, or a rule that flushes
    Lost,                       // it moved to a worker whose table had no room
}
