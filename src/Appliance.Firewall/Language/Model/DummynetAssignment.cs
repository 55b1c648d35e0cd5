namespace Appliance.Firewall.Language;

/// <summary>A dummynet pipe or queue, by number; <paramref name="Return" /> is for the other direction, 0 for none.</summary>
public sealed record DummynetAssignment(bool IsPipe, ushort Number, ushort Return);
