namespace Appliance.Firewall.Language;

/// <summary>An interface or a group of interfaces, as named; which of the two it is, only who knows the interfaces can say.</summary>
public sealed record PfInterface(string Name, bool Negated, SourcePosition Position);
