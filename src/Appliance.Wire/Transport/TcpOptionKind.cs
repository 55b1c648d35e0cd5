namespace Appliance.Wire.Transport;

/// <summary>TCP Option Kind Numbers (IANA).</summary>
public enum TcpOptionKind : byte
{
    EndOfList = 0,
    NoOperation = 1,
    MaximumSegmentSize = 2,     // RFC 9293 §3.7.1
    WindowScale = 3,            // RFC 7323 §2.2
    SackPermitted = 4,          // RFC 2018 §2
    Sack = 5,                   // RFC 2018 §3
    Timestamps = 8,             // RFC 7323 §3.2
    Md5Signature = 19,          // RFC 2385
    Authentication = 29,        // RFC 5925
    MultipathTcp = 30,          // RFC 8684
    FastOpen = 34,              // RFC 7413
    AccurateEcnOrder0 = 172,    // RFC 9768 §3.2.3
    AccurateEcnOrder1 = 174,
}
