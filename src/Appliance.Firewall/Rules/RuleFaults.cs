using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>What no rule may be. The evaluators rely on it.</summary>
internal static class RuleFaults
{
    public static IEnumerable<string> Of(Rule rule, RuleOrder order)
    {
        if (rule.Family is not (0 or 4 or 6)) yield return "the family is 0, 4 or 6";
        bool hasPorts = rule.Protocol is null or IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp;
        if (!hasPorts && !(rule.SourcePort.IsAny && rule.DestinationPort.IsAny)) yield return "ports are of tcp, udp and sctp";
        if (!rule.Icmp.IsAny && !IsIcmp(rule)) yield return "an ICMP type needs the ICMP of the rule's family";
        if (rule.Icmp is { Type: null, Code: not null }) yield return "an ICMP code needs a type";
        if ((rule.Flags.Set & ~rule.Flags.Mask) != 0) yield return "flags that are set must be in the mask";
        if (rule.Tos is { } tos && (tos & 3) != 0) yield return "the lower two bits of tos are not compared";
        if (rule.Destination.Kind == AddressMatchKind.UrpfFailed) yield return "urpf-failed is asked of sources only";
        if (rule is { Tagged: 0, TaggedIsNegated: true }) yield return "which tag it must not have is not said";
        foreach (AddressRange range in rule.Source.Ranges.Concat(rule.Destination.Ranges))
            if (range.First.IsV6 != range.Last.IsV6 || range.First.Bits > range.Last.Bits)
                yield return $"the range {range} ends before it begins, or in another family";
        if (rule is { Action: RuleAction.Block, Translation: not Rule.None }) yield return "what is blocked is not translated";
        if (order == RuleOrder.FirstMatch && rule.Action != RuleAction.Pass) yield return "translation rules neither block nor match";
        if (rule.IsAnchor && (rule.Translation != Rule.None || rule.Route != Rule.None)) yield return "an anchor does nothing itself";
    }

    private static bool IsIcmp(Rule rule) =>
        (rule.Protocol == IpProtocol.Icmp && rule.Family != 6) || (rule.Protocol == IpProtocol.Icmpv6 && rule.Family != 4);
}
