namespace Appliance.Firewall.Language;

/// <summary><c>set prio</c>: 802.1p priority of a packet, and of a TCP acknowledgment without data or a lowdelay packet.</summary>
public readonly record struct PriorityPair(byte Normal, byte Acknowledgment);
