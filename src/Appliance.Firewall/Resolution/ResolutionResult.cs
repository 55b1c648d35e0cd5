using System.Collections.Immutable;
using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>A ruleset ready for use, or every error of it; never both. Warnings come with a ruleset.</summary>
public sealed record ResolutionResult(ResolvedRuleset? Ruleset, ImmutableArray<PfError> Errors, ImmutableArray<PfError> Warnings);
