namespace Appliance.Firewall.Language;

/// <summary>The flags of the TCP header, RFC 9293 §3.1, as they lie in its byte 13.</summary>
[Flags]
public enum TcpFlags : byte
{
    None = 0,
    Fin = 1,
    Syn = 2,
    Rst = 4,
    Push = 8,
    Ack = 16,
    Urgent = 32,
    Ece = 64,
    Cwr = 128,
}
