namespace Appliance.Wire.Transport;

/// <summary>SCTP chunk types (RFC 9260 §3.2; IANA SCTP Parameters).</summary>
public enum SctpChunkType : byte
{
    Data = 0,
    Initiation = 1,
    InitiationAcknowledgment = 2,
    SelectiveAcknowledgment = 3,
    Heartbeat = 4,
    HeartbeatAcknowledgment = 5,
    Abort = 6,
    Shutdown = 7,
    ShutdownAcknowledgment = 8,
    Error = 9,
    CookieEcho = 10,
    CookieAcknowledgment = 11,
    ShutdownComplete = 14,
    InterleavedData = 64,       // RFC 8260
    ForwardCumulativeTsn = 192, // RFC 3758
}
