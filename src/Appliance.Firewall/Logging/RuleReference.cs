using System.Collections.Immutable;

namespace Appliance.Firewall;

/// <summary>A rule as a log names it: everything that is known of it beyond its ruleset's life.</summary>
/// <param name="Id">The label, else FILE:LINE.</param>
/// <param name="Number">pf's number in the main ruleset: of the rule, or of the anchor that it stands in.</param>
/// <param name="SubNumber">Of the rule within its anchor; null: it stands in none.</param>
/// <param name="Anchor">The name of the anchor that it stands in; empty where there is none.</param>
/// <param name="LogInterface">N of <c>log (to pflogN)</c>.</param>
/// <param name="Identifier">Of <c>ridentifier</c>; 0: none.</param>
/// <param name="Labels">All of them.</param>
public sealed record RuleReference(
    string Id, int Number, int? SubNumber, string Anchor, byte LogInterface, uint Identifier, ImmutableArray<string> Labels);
