namespace Appliance.Firewall.Language;

/// <summary>What the sender of a blocked packet hears.</summary>
public enum BlockReplyKind : byte
{
    /// <summary>Nothing.</summary>
    Drop,

    /// <summary>A TCP reset for TCP, an ICMP unreachable for the rest.</summary>
    Return,
    ReturnRst,
    ReturnIcmp,
}
