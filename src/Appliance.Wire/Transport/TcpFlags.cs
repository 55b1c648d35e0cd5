namespace Appliance.Wire.Transport;

/// <summary>The control bits of a TCP header (RFC 9293 §3.1, RFC 3168 §6.1, RFC 9768 §3.1), with the reserved bits above them.</summary>
[Flags]
public enum TcpFlags : ushort
{
    None = 0,
    Fin = 0x001,
    Syn = 0x002,
    Rst = 0x004,
    Psh = 0x008,
    Ack = 0x010,
    Urg = 0x020,
    Ece = 0x040,                // ECN echo
    Cwr = 0x080,                // congestion window reduced
    Ae = 0x100,                 // accurate ECN; once the nonce sum of RFC 3540
    Reserved200 = 0x200,
    Reserved400 = 0x400,
    Reserved800 = 0x800,
    Reserved = Reserved200 | Reserved400 | Reserved800,
}
