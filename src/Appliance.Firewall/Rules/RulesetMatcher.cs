namespace Appliance.Firewall;

/// <summary>
/// One worker's matchers for all lists of a <see cref="Ruleset"/>, and the order in which pf asks the translations (pf_get_translation):
/// rdr, then binat on the way in, binat, then nat on the way out.
/// </summary>
/// <param name="create">Makes the matcher of one list: compiled, or the twin.</param>
public sealed class RulesetMatcher(Ruleset ruleset, Func<RuleList, IRuleMatcher> create)
{
    public Ruleset Ruleset => ruleset;
    public IRuleMatcher Filter { get; } = create(ruleset.Filter);
    public IRuleMatcher Nat { get; } = create(ruleset.Nat);
    public IRuleMatcher Redirect { get; } = create(ruleset.Redirect);
    public IRuleMatcher BinatOut { get; } = create(ruleset.BinatOut);
    public IRuleMatcher BinatIn { get; } = create(ruleset.BinatIn);

    public IRuleMatcher this[RulesetList list] => list switch
    {
        RulesetList.Nat => Nat,
        RulesetList.Redirect => Redirect,
        RulesetList.BinatOut => BinatOut,
        RulesetList.BinatIn => BinatIn,
        _ => Filter,
    };

    /// <summary>
    /// Finds the translation rule for a packet that has no state, and whose list it is; false: nothing is translated. A rule that says no
    /// (<c>no rdr</c>) ends its own list only, as in pf. Either way the filter judges the packet with the tag of <paramref name="match"/>.
    /// </summary>
    public bool TryFindTranslation(in PacketView packet, ref RuleMatch match, out RulesetList list)
    {
        bool isIn = packet.Direction == RuleDirection.In;
        list = isIn ? RulesetList.Redirect : RulesetList.BinatOut;
        if (Translates(this[list], packet, ref match)) return true;
        list = isIn ? RulesetList.BinatIn : RulesetList.Nat;
        return Translates(this[list], packet with { Tag = match.Tag }, ref match);
    }

    private static bool Translates(IRuleMatcher matcher, in PacketView packet, ref RuleMatch match)
    {
        if (matcher.Rules.Count == 0)
        {
            match.Begin(packet.Tag);
            return false;
        }

        matcher.Evaluate(packet, ref match);
        return !match.IsDefault && matcher.Rules[match.Rule].Translation != Rule.None;
    }
}
