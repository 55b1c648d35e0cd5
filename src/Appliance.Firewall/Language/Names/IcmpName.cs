namespace Appliance.Firewall.Language;

/// <summary>A word of the language for an ICMP type, or for one of its codes.</summary>
internal readonly record struct IcmpName(string Name, byte Type, byte Code = 0);
