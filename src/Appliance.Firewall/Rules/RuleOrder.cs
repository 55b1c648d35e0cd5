namespace Appliance.Firewall;

/// <summary>Which of the matching rules of a list decides.</summary>
public enum RuleOrder : byte
{
    LastMatch,                  // pass, block and match rules: the last, or the first that is quick
    FirstMatch,                 // nat, rdr and binat rules
}
