using System.Globalization;
using System.Text;

namespace Appliance.Firewall;

/// <summary>
/// For traces: the rules that one packet met, and of each that did not match the first condition that kept it from it. Asks them one by
/// one, beside the evaluation that decides; so its counters are nobody's.
/// </summary>
internal sealed class RuleCandidates(FirewallModel model, RulesetMatcher matchers)
{
    /// <summary>Rules that are told one by one; the others are counted.</summary>
    public const int MaximumTold = 24;

    private readonly StringBuilder _told = new();
    private NaiveEvaluator? _filter;
    private RuleMatch _match;
    private int _met;

    /// <summary>Empty where no rule was met.</summary>
    public string Text => _met <= MaximumTold
        ? _told.ToString()
        : _told.ToString() + string.Create(CultureInfo.InvariantCulture, $", and {_met - MaximumTold} more");

    /// <summary>The rules that translate a packet here, as far as they are asked.</summary>
    public void AskTranslation(in PacketView packet)
    {
        bool isIn = packet.Direction == RuleDirection.In;
        if (!Translates(isIn ? RulesetList.Redirect : RulesetList.BinatOut, packet))
            Translates(isIn ? RulesetList.BinatIn : RulesetList.Nat, packet);
    }

    /// <summary>The filter's, up to a match rule that translates.</summary>
    public void AskFilter(in PacketView packet)
    {
        _filter = Open(RulesetList.Filter);
        _filter.Evaluate(packet, ref _match);
    }

    /// <summary>The filter's behind that match rule, which has translated the packet.</summary>
    public void AskOn(in PacketView packet) => _filter?.Resume(packet, ref _match);

    private bool Translates(RulesetList list, in PacketView packet)
    {
        if (matchers[list].Rules.Count == 0) return false;
        Open(list).Evaluate(packet, ref _match);
        return !_match.IsDefault && matchers[list].Rules[_match.Rule].Translation != Rule.None;
    }

    private NaiveEvaluator Open(RulesetList list)
    {
        RuleList rules = matchers[list].Rules;
        return new NaiveEvaluator(rules, model.Routes, model.Random) { Explain = (rule, failed) => Tell(rules[rule], failed) };
    }

    private void Tell(Rule rule, RuleCondition? failed)
    {
        if (++_met > MaximumTold) return;
        _told.Append(_told.Length == 0 ? "rules met: " : ", ").Append(rule.Id);
        _told.Append(failed is { } condition ? $" not by its {WordsOf(condition)}" : " matches");
    }

    private static string WordsOf(RuleCondition condition) => condition switch
    {
        RuleCondition.SourcePort => "source port",
        RuleCondition.DestinationPort => "destination port",
        RuleCondition.IcmpType => "ICMP type",
        RuleCondition.IcmpCode => "ICMP code",
        RuleCondition.TcpFlags => "flags",
        RuleCondition.Tagged => "tag",
        RuleCondition.ReceivedOn => "received-on",
        _ => condition.ToString().ToLowerInvariant(),
    };
}
