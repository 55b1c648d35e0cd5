using System.Collections.Immutable;

namespace Appliance.Firewall.Language;

/// <summary>A ruleset, or every error found in it in the order of finding; never both.</summary>
public sealed record PfParseResult(PfRuleset? Ruleset, ImmutableArray<PfError> Errors);
