namespace Appliance.Firewall;

/// <summary>What was done with a packet that was logged, with pf's numbers (net/pfvar.h, PF_PASS and after).</summary>
public enum LogAction : byte
{
    Pass = 0,
    Block = 1,
    Nat = 4,
    Binat = 6,
    Rdr = 8,
    Match = 12,
}
