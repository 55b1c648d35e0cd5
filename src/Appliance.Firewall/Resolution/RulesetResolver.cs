using System.Collections.Immutable;
using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>
/// A parsed ruleset and the ports of the appliance → rules that can be evaluated. A ruleset is taken whole or not at all; every error in it
/// is found. Bad input throws nothing.
/// </summary>
public static class RulesetResolver
{
    /// <param name="parsed">Read with the same <paramref name="ports"/>, which gave names without parentheses their addresses.</param>
    /// <param name="files">Where the files of tables are.</param>
    public static ResolutionResult Resolve(PfRuleset parsed, FirewallPorts ports, IRulesetFiles files)
    {
        var errors = new ResolutionErrors();
        var tables = new TableResolver(LimitOf(parsed, PfLimit.TableEntries, AddressTable.DefaultMaximumEntries), errors);
        tables.Define(parsed.Tables, files, ports);
        return Resolve(parsed, ports, tables, errors);
    }

    internal static ResolutionResult Resolve(PfRuleset parsed, FirewallPorts ports, ImmutableArray<ResolvedTable> tables)
    {
        var errors = new ResolutionErrors();
        var known = new TableResolver(LimitOf(parsed, PfLimit.TableEntries, AddressTable.DefaultMaximumEntries), errors);
        known.Take(tables);
        return Resolve(parsed, ports, known, errors);
    }

    private static ResolutionResult Resolve(PfRuleset parsed, FirewallPorts ports, TableResolver tables, ResolutionErrors errors)
    {
        NotDoneYet.Report(parsed, errors);
        var options = new OptionResolver(parsed, ports, errors);
        var interfaces = new InterfaceResolver(ports, errors);
        var addresses = new AddressResolver(ports, interfaces, tables, errors);
        var pools = new PoolSpecResolver(addresses, tables, errors);
        var translations = new TranslationResolver(pools);
        var routes = new RouteResolver(pools, interfaces);
        var rules = new RuleResolver(interfaces, addresses, tables, translations, routes, errors);
        ImmutableArray<PfRule>.Builder origins = ImmutableArray.CreateBuilder<PfRule>();
        Ruleset lists = Resolve(parsed.Rules, rules, origins, errors);
        StateTimeouts timeouts = options.Timeouts();
        int stateLimit = options.StateLimit(), sourceLimit = options.SourceLimit();
        CheckAccounts(lists.Filter, rules, errors);
        PortSet skip = options.Skip(interfaces);
        if (errors.Count > 0) return new ResolutionResult(null, errors.Errors, []);
        var ruleset = new ResolvedRuleset
        {
            Rules = lists,
            Origins = origins.ToImmutable(),
            Translations = translations.All,
            Routes = routes.All,
            Timeouts = timeouts,
            StateLimit = stateLimit,
            SourceNodeLimit = sourceLimit,
            DefaultBinding = parsed.Options.IfBoundStates ? StateBinding.IfBound : StateBinding.Floating,
            Skip = skip,
            Tables = tables.All,
            Tags = rules.Tags,
            Digest = RulesetDigest.Of(parsed, lists, tables.All),
            Parsed = parsed,
            Ports = ports,
        };
        return new ResolutionResult(ruleset, [], errors.Warnings);
    }

    private static Ruleset Resolve(
        PfRuleSections sections, RuleResolver rules, ImmutableArray<PfRule>.Builder origins, ResolutionErrors errors)
    {
        ImmutableArray<Rule> nat = rules.ResolveTranslating(sections.Nat), redirect = rules.ResolveTranslating(sections.Rdr);
        (ImmutableArray<Rule> binatOut, ImmutableArray<Rule> binatIn) = rules.ResolveBinat(sections.Binat);
        return new Ruleset
        {
            Nat = ToList(nat, RuleOrder.FirstMatch),
            Redirect = ToList(redirect, RuleOrder.FirstMatch),
            BinatOut = ToList(binatOut, RuleOrder.FirstMatch),
            BinatIn = ToList(binatIn, RuleOrder.FirstMatch),
            Filter = ToList(rules.ResolveFilter(sections.Filter, origins), RuleOrder.LastMatch),
        };

        RuleList ToList(ImmutableArray<Rule> top, RuleOrder order)
        {
            if (RuleList.TryCreate(top, order, out RuleList? list, out ImmutableArray<RuleFault> faults)) return list;
            foreach (RuleFault fault in faults)
                errors.Add(rules.PositionOf(fault.RuleId.Length > 0 || top.IsEmpty ? fault.RuleId : top[0].Id), fault.Reason);
            return RuleList.Empty;
        }
    }

    /// <summary>What rules bind their states by is kept in accounts, and there are not endlessly many.</summary>
    private static void CheckAccounts(RuleList filter, RuleResolver rules, ResolutionErrors errors)
    {
        int accounts = 0;
        for (int index = 0; index < filter.Count; index++)
        {
            if (filter[index].IsAnchor || !RuleLimits.AreNeededBy(filter[index].State)) continue;
            if (accounts++ != RuleLedger.MaxRules) continue;
            errors.Add(
                rules.PositionOf(filter[index].Id), $"more than {RuleLedger.MaxRules} rules have limits or timeouts of their own");
        }
    }

    /// <summary>The last <c>set limit</c> of it.</summary>
    private static int LimitOf(PfRuleset parsed, PfLimit limit, int standard)
    {
        LimitSetting? last = null;
        foreach (LimitSetting setting in parsed.Options.Limits)
            if (setting.Limit == limit) last = setting;
        return last is { } found ? (int)Math.Min(found.Value, int.MaxValue) : standard;
    }
}
