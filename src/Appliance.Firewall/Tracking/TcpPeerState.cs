namespace Appliance.Firewall;

/// <summary>
/// How far one end of a TCP connection is, as seen from between the two. The numbers are those of pf (4.4BSD's tcp_fsm.h); pf uses
/// six of them: an end has sent nothing, a SYN, has its SYN acknowledged, has sent a FIN, has it acknowledged, or all is over.
/// </summary>
public enum TcpPeerState : byte
{
    Closed = 0,
    Listen = 1,
    SynSent = 2,
    SynReceived = 3,
    Established = 4,
    CloseWait = 5,
    FinWait1 = 6,
    Closing = 7,
    LastAck = 8,
    FinWait2 = 9,
    TimeWait = 10,
}
