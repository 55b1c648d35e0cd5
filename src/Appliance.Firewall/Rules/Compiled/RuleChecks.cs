namespace Appliance.Firewall;

/// <summary>The conditions of a rule that its boxes do not settle.</summary>
[Flags]
internal enum RuleChecks : ushort
{
    None = 0,
    TcpFlags = 1,
    Tos = 2,
    Fragment = 4,
    Interface = 8,
    Source = 16,
    Destination = 32,
    ReceivedOn = 64,
    Tagged = 128,
    Probability = 256,
}
