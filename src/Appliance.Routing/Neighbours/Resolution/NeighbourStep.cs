namespace Appliance.Routing;

/// <summary>One step of an entry.</summary>
internal readonly record struct NeighbourStep(NeighbourState State, NeighbourActions Actions = NeighbourActions.None);
