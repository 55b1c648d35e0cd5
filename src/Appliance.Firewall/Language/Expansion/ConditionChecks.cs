using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <summary>What the conditions of one rule ask of one another; every contradiction is an error.</summary>
internal static class ConditionChecks
{
    public static void Check(ErrorLog errors, PfRule rule)
    {
        switch (rule.Action)
        {
            case PfAction.Nat or PfAction.NoNat or PfAction.Binat or PfAction.NoBinat:
                Masks(errors, rule);
                return;
            case PfAction.Rdr or PfAction.NoRdr:
                Masks(errors, rule);
                Redirection(errors, rule);
                return;
            default:
                Masks(errors, rule);
                Protocols(errors, rule);
                States(errors, rule);
                Actions(errors, rule);
                return;
        }
    }

    private static bool HasPorts(IpProtocol? protocol) => protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp;

    private static void Masks(ErrorLog errors, PfRule rule)
    {
        foreach (PfHost host in new[] { rule.Source.Host, rule.Destination.Host })
        {
            if (host.Kind == HostKind.Prefix && host.PrefixLength > host.First.BitLength)
                errors.Add(host.Position, $"netmask {host.PrefixLength} invalid for IPv4 address");
        }
    }

    private static void Redirection(ErrorLog errors, PfRule rule)
    {
        if (!HasPorts(rule.Protocol))
        {
            if (rule.Source.Port.Operator != MatchOperator.Any) errors.Add(rule.Position, "src port only applies to tcp/udp/sctp");
            if (rule.Destination.Port.Operator != MatchOperator.Any) errors.Add(rule.Position, "dst port only applies to tcp/udp/sctp");
            if (rule.Translation?.Destination is { Ports.First: not 0 })
                errors.Add(rule.Position, "rpool port only applies to tcp/udp/sctp");
        }

        if (rule.Destination.Port.Operator is not (MatchOperator.Any or MatchOperator.Equal or MatchOperator.Range))
            errors.Add(rule.Position, "invalid port operator for rdr destination port");
    }

    private static void Protocols(ErrorLog errors, PfRule rule)
    {
        bool asksPorts = rule.Source.Port.Operator != MatchOperator.Any || rule.Destination.Port.Operator != MatchOperator.Any;
        if (asksPorts && !HasPorts(rule.Protocol)) errors.Add(rule.Position, "port only applies to tcp/udp/sctp");
        bool isIcmp = rule.Protocol is IpProtocol.Icmp or IpProtocol.Icmpv6;
        if (rule.Icmp is { } icmp)
        {
            if (!isIcmp) errors.Add(rule.Position, "icmp-type/code only applies to icmp");
            else if (rule.Protocol != icmp.Protocol) errors.Add(rule.Position, "icmp-type mismatch");
            if (rule.Family == AddressFamily.Unspecified) errors.Add(rule.Position, "must indicate address family with icmp-type/code");
        }

        AddressFamily wanted = rule.Protocol == IpProtocol.Icmp ? AddressFamily.Inet : AddressFamily.Inet6;
        if (isIcmp && rule.Family != AddressFamily.Unspecified && rule.Family != wanted)
        {
            errors.Add(rule.Position, $"proto {(rule.Protocol == IpProtocol.Icmp ? "icmp" : "icmp6")} doesn't match address family "
                + RuleText.FamilyWord(rule.Family));
        }

        bool mayNotBeTcp = rule.Protocol is { } protocol && protocol != IpProtocol.Tcp;
        if (mayNotBeTcp && rule.OperatingSystem.Length > 0) errors.Add(rule.Position, "OS fingerprinting only applies to tcp");
        if (rule.Fragment && (asksPorts || !rule.Flags.IsAny || rule.Icmp is not null))
            errors.Add(rule.Position, "fragments can be filtered only on IP header fields");
        if (rule is { Action: PfAction.Block, Reply.Kind: BlockReplyKind.Reset } && rule.Protocol != IpProtocol.Tcp)
            errors.Add(rule.Position, "return-rst can only be applied to TCP rules");
    }

    private static void States(ErrorLog errors, PfRule rule)
    {
        StateOptions options = rule.StateOptions;
        bool watchesConnections = options.MaxSourceConnections > 0 || options.MaxSourceConnectionRate.Seconds > 0;
        if (options.OverloadTable.Length > 0 && !watchesConnections)
            errors.Add(rule.Position, "'overload' requires 'max-src-conn' or 'max-src-conn-rate'");
        if (rule.Action != PfAction.Pass && rule.State != StateKind.None)
            errors.Add(rule.Position, "keep state is great, but only for pass rules");
        if (options.Sloppy && rule.State is StateKind.Modulate or StateKind.Synproxy)
            errors.Add(rule.Position, "sloppy state matching cannot be used with synproxy state or modulate state");
    }

    private static void Actions(ErrorLog errors, PfRule rule)
    {
        if (rule.AllowOptions && rule.Action != PfAction.Pass) errors.Add(rule.Position, "allow-opts can only be specified for pass rules");
        if (rule.Action == PfAction.Match && rule.DivertPort != 0) errors.Add(rule.Position, "divert is not supported on match rules");
        if (rule.Anchor is not null) return;
        bool translates = rule.Translation is { Source: not null } or { Destination: not null };
        if (translates && rule is { Action: PfAction.Pass, State: StateKind.None })
            errors.Add(rule.Position, "nat-to and rdr-to require keep state");
    }
}
