namespace Appliance.Firewall;

/// <summary>What became of a new state or alias.</summary>
public enum FlowAdmission : byte
{
    Admitted,
    Collision,                  // another state holds one of its keys, at the same port or at any
    StateLimit,                 // pf's PFRES_MAXSTATES
    RuleLimit,                  // `max` of its rule
    TableFull,                  // no record left, or no room where its hash leads
}
