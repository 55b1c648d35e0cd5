namespace Appliance.Failover;

/// <summary>What an event makes of a state.</summary>
public readonly record struct CarpTransition(CarpState Next, CarpMoves Moves);
