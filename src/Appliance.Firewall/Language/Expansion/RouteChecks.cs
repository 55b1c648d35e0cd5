namespace Appliance.Firewall.Language;

/// <summary>What a statement's actions, direction, route and translations ask of one another.</summary>
internal static class RouteChecks
{
    /// <summary>False when there is an error, and then it is in the log.</summary>
    public static bool AreMet(ErrorLog errors, RuleStatement statement)
    {
        if (Problem(statement) is not { } problem) return true;
        errors.Add(statement.Template.Position, problem);
        return false;
    }

    private static string? Problem(RuleStatement statement)
    {
        PfRule rule = statement.Template;
        bool isFilter = rule.IsFilter;
        if (isFilter && rule.Action == PfAction.Block && statement.Route is not null)
            return "route-to, reply-to and dup-to are not supported on block rules";
        if (rule.Action == PfAction.Match && statement.Route is not null)
            return "route-to, reply-to, dup-to and fastroute must not be used on match rules";
        if (statement.Route is not null && rule.Direction == RuleDirection.Both)
            return "direction must be explicit with rules that specify routing";
        if (!isFilter) return null;
        bool translates = statement.SourcePool is not null || statement.DestinationPool is not null;
        if (rule.Action == PfAction.Block && translates) return "nat-to, rdr-to, binat-to and af-to are not supported on block rules";
        if (statement.IsBinatTo) return BinatToProblem(statement);
        return translates && rule.Direction == RuleDirection.Both ? "nat-to and rdr-to require a direction" : null;
    }

    private static string? BinatToProblem(RuleStatement statement)
    {
        if (statement.Template.Direction != RuleDirection.Both) return "binat-to cannot be used with a direction";
        if (statement.Lists.SourceHosts is not [{ Kind: HostKind.Prefix }])
            return "binat-to requires a specified source and redirect address";
        return statement.SourcePool is { Addresses.Length: 1, Kind: null, FirstPort: 0 }
            ? null
            : "binat-to can only be used with one address and without pool options";
    }
}
