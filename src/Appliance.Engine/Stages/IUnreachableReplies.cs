namespace Appliance.Engine;

/// <summary>Answers datagrams that are refused with ICMP or ICMPv6 destination unreachable.</summary>
public interface IUnreachableReplies
{
    /// <summary>
    /// Tells the sender, if that may be said: limited, and never about what no error may be about. The cause stays the caller's. No train:
    /// each frame is answered for itself.
    /// </summary>
    /// <param name="cause">Refused, and unchanged since it came.</param>
    /// <param name="icmpCode">Of ICMP type 3.</param>
    /// <param name="icmpv6Code">Of ICMPv6 type 1.</param>
    /// <param name="context">The breath.</param>
    void TryReply(Frame cause, byte icmpCode, byte icmpv6Code, in StageContext context);
}
