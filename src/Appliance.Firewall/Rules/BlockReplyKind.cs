namespace Appliance.Firewall;

/// <summary>What a blocked packet's sender is told.</summary>
public enum BlockReplyKind : byte
{
    Silence,                    // block drop
    Reset,                      // block return-rst: a RST to TCP, nothing to others
    Unreachable,                // block return-icmp, return-icmp6
    Return,                     // block return: a RST to TCP, an ABORT to SCTP, unreachable to UDP and others
}
