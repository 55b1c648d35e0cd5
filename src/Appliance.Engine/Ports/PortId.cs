namespace Appliance.Engine;

/// <summary>A port's index in the configuration's order, sub-ports included.</summary>
public readonly record struct PortId(ushort Index);
