namespace Appliance.Wire.Sync;

/// <summary>
/// What the streams behind those of flows are of, by their place there. A newer program adds to them and never renumbers: who knows fewer
/// uses the first ones.
/// </summary>
public enum SyncBeside
{
    /// <summary>Entries of address tables that were edited while a ruleset was in force.</summary>
    Tables = 0,

    /// <summary>Neighbours that frames went to, each box's own: who takes over need not ask for them.</summary>
    Neighbours = 1,
}
