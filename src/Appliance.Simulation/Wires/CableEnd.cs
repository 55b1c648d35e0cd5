namespace Appliance.Simulation;

/// <summary>Where a cable ends: in a port of a station.</summary>
internal readonly record struct CableEnd(IStation Station, int Port);
