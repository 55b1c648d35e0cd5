namespace Appliance.Management;

/// <summary>A reason why a box is a worse master than its configuration says.</summary>
/// <param name="Subject">About what: a group, say; empty where there is only one.</param>
public sealed record DemotionDocument(string Cause, string Subject, int Amount, double SinceSeconds);
