namespace Appliance.Node;

/// <summary>A group of a replay has moved.</summary>
/// <param name="Seconds">Since the first frame.</param>
/// <param name="Text">Which, from what to what, and why.</param>
public sealed record ReplayTransition(double Seconds, string Text);
