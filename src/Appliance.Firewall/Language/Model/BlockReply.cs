namespace Appliance.Firewall.Language;

/// <summary>
/// How a block rule answers. <paramref name="Ttl" /> is of the reset (0: the host's own); the codes are of ICMP type 3 and ICMPv6 type 1.
/// </summary>
public readonly record struct BlockReply(BlockReplyKind Kind, byte Ttl, byte IcmpCode, byte Icmp6Code)
{
    /// <summary>Port unreachable, RFC 792.</summary>
    public const byte DefaultIcmpCode = 3;

    /// <summary>Port unreachable, RFC 4443 §3.1.</summary>
    public const byte DefaultIcmp6Code = 4;

    public static BlockReply Of(BlockReplyKind kind) => new(kind, 0, DefaultIcmpCode, DefaultIcmp6Code);
}
