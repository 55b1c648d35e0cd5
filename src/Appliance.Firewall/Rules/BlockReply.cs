namespace Appliance.Firewall;

/// <summary>
/// What a blocked packet's sender is told, and with which codes of destination unreachable (type 3 of ICMP, type 1 of ICMPv6); the
/// defaults are pf's, port unreachable. <paramref name="ResetTtl"/> is the RST's hop limit, 0: the default.
/// </summary>
public readonly record struct BlockReply(BlockReplyKind Kind, byte ResetTtl = 0, byte IcmpCode = 3, byte Icmpv6Code = 4);
