namespace Appliance.Firewall.Language;

/// <summary>The rules of a ruleset or anchor while it is read.</summary>
internal sealed class RuleLevel
{
    private readonly List<EtherRule> _ether = [];
    private readonly List<PfRule> _scrub = [];
    private readonly List<PfRule> _nat = [];
    private readonly List<PfRule> _rdr = [];
    private readonly List<PfRule> _binat = [];
    private readonly List<PfRule> _filter = [];

    /// <summary>The number of the next rule: one count for all kinds, as in pfctl.</summary>
    public int NextNumber { get; set; }

    public void Add(EtherRule rule) => _ether.Add(rule);

    public void Add(PfRule rule) => (rule.Action switch
    {
        PfAction.Scrub or PfAction.NoScrub => _scrub,
        PfAction.Nat or PfAction.NoNat => _nat,
        PfAction.Rdr or PfAction.NoRdr => _rdr,
        PfAction.Binat or PfAction.NoBinat => _binat,
        _ => _filter,
    }).Add(rule);

    public PfRuleSections ToSections() => new()
    {
        Ether = [.. _ether],
        Scrub = [.. _scrub],
        Nat = [.. _nat],
        Rdr = [.. _rdr],
        Binat = [.. _binat],
        Filter = [.. _filter],
    };
}
