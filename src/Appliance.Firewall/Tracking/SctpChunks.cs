namespace Appliance.Firewall;

/// <summary>Which chunks that matter to tracking are in an SCTP packet.</summary>
[Flags]
public enum SctpChunks : ushort
{
    None = 0,
    Initiation = 1 << 0,
    InitiationAcknowledgment = 1 << 1,
    Cookie = 1 << 2,                    // COOKIE ECHO or COOKIE ACK
    HeartbeatAcknowledgment = 1 << 3,
    Shutdown = 1 << 4,                  // SHUTDOWN or SHUTDOWN ACK
    ShutdownComplete = 1 << 5,
    Abort = 1 << 6,
    Reflected = 1 << 7,                 // of an ABORT or SHUTDOWN COMPLETE, the T bit: the tag is the receiver's own (RFC 9260 §8.5.1)
    Other = 1 << 8,
}
