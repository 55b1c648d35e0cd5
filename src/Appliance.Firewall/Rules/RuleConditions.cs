using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>The conditions of a rule, each asked as pf asks it.</summary>
internal static class RuleConditions
{
    /// <summary>The first that does not hold; null: the rule matches. <paramref name="tag"/>: as earlier rules have left it.</summary>
    public static RuleCondition? FirstFailed(
        Rule rule, int index, in PacketView packet, ushort tag, IRouteFacts routes, KeyedRandom random)
    {
        if (!rule.Interfaces.Contains(packet.Port)) return RuleCondition.Interface;
        if (rule.Direction != RuleDirection.Both && rule.Direction != packet.Direction) return RuleCondition.Direction;
        if (rule.Family != 0 && rule.Family != packet.Family) return RuleCondition.Family;
        if (rule.Protocol is { } protocol && protocol != packet.Protocol) return RuleCondition.Protocol;
        if (!Holds(rule.Source, packet.Source, packet, routes)) return RuleCondition.Source;
        if (!Holds(rule.SourcePort, packet.SourcePort, packet)) return RuleCondition.SourcePort;
        if (!Holds(rule.Destination, packet.Destination, packet, routes)) return RuleCondition.Destination;
        if (!Holds(rule.DestinationPort, packet.DestinationPort, packet)) return RuleCondition.DestinationPort;
        if (rule.Icmp.Type is { } type && !(packet.HasIcmp && packet.IcmpType == type)) return RuleCondition.IcmpType;
        if (rule.Icmp.Code is { } code && !(packet.HasIcmp && packet.IcmpCode == code)) return RuleCondition.IcmpCode;
        if (rule.Tos is { } tos && tos != packet.Tos) return RuleCondition.Tos;
        if (rule.FragmentsOnly && !packet.IsLaterFragment) return RuleCondition.Fragment;
        if (!Holds(rule.Flags, packet)) return RuleCondition.TcpFlags;
        if (rule.Probability != 0 && !RuleLottery.Draws(random, packet, index, rule.Probability)) return RuleCondition.Probability;
        if (rule.Tagged != 0 && (rule.Tagged == tag) == rule.TaggedIsNegated) return RuleCondition.Tagged;
        if (rule.ReceivedOn is { } ports && !ports.Contains(packet.ReceivedOn)) return RuleCondition.ReceivedOn;
        return null;
    }

    /// <param name="condition">On an address.</param>
    /// <param name="address">The packet's.</param>
    /// <param name="packet">Whose it is.</param>
    /// <param name="routes">What it may ask of them.</param>
    /// <param name="reader">Who looks into tables: what a worker has seen of them, or as they are.</param>
    public static bool Holds(
        AddressMatch condition, UInt128 address, in PacketView packet, IRouteFacts routes, int reader = AddressTable.NoReader)
    {
        bool holds = condition.Kind switch
        {
            AddressMatchKind.Any => true,
            AddressMatchKind.Ranges => IsWithin(condition, address, packet.IsV6),
            AddressMatchKind.Table => condition.Table!.Contains(address, packet.IsV6, reader),
            AddressMatchKind.NoRoute => !routes.HasRoute(address, packet.IsV6),
            AddressMatchKind.UrpfFailed => !routes.HasRouteBy(address, packet.IsV6, packet.Port),
            _ => false,
        };
        return holds != condition.IsNegated;
    }

    private static bool IsWithin(AddressMatch condition, UInt128 address, bool isV6)
    {
        foreach (AddressRange range in condition.Ranges)
            if (range.Contains(address, isV6)) return true;
        return false;
    }

    private static bool Holds(PortMatch condition, ushort port, in PacketView packet) =>
        condition.IsAny || (packet.HasPorts && condition.Matches(port));

    private static bool Holds(TcpFlagsMatch condition, in PacketView packet) =>
        condition.IsAny || packet.Protocol != IpProtocol.Tcp
        || (!packet.IsLaterFragment && (packet.TcpFlags & condition.Mask) == condition.Set);
}
