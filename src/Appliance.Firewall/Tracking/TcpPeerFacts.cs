namespace Appliance.Firewall;

/// <summary>Which numbers of a <see cref="TcpPeer"/> mean anything yet. Zero is a sequence number like any other.</summary>
[Flags]
public enum TcpPeerFacts : byte
{
    None = 0,
    Sequence = 1 << 0,          // it has sent something: Next and Limit are set
    Syn = 1 << 1,               // its SYN was seen: Initial is set
    Acknowledged = 1 << 2,      // it has acknowledged something
    WindowScale = 1 << 3,       // its SYN offered to scale windows
    Current = 1 << 4,           // nobody else followed it meanwhile: it has sent nothing more than what is known here
    All = Sequence | Syn | Acknowledged | WindowScale | Current,
}
