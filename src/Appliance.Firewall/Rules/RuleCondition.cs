namespace Appliance.Firewall;

/// <summary>What a rule asks of a packet, in the order in which it is asked.</summary>
public enum RuleCondition : byte
{
    Interface,
    Direction,
    Family,
    Protocol,
    Source,
    SourcePort,
    Destination,
    DestinationPort,
    IcmpType,
    IcmpCode,
    Tos,
    Fragment,
    TcpFlags,
    Probability,
    Tagged,
    ReceivedOn,
}
