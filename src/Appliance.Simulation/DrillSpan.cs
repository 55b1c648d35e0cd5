namespace Appliance.Simulation;

/// <summary>From when to when something was so; nanoseconds.</summary>
/// <param name="Box">0 or 1.</param>
/// <param name="Name">Of what: a group, or a fault.</param>
public readonly record struct DrillSpan(int Box, string Name, long From, long To);
