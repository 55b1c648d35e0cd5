namespace Appliance.Firewall.Language;

/// <summary>What a rule is, in pf.conf's words.</summary>
public enum PfAction : byte
{
    Pass,
    Block,
    Match,
    Scrub,
    NoScrub,
    Nat,
    NoNat,
    Binat,
    NoBinat,
    Rdr,
    NoRdr,
}
