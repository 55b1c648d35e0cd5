namespace Appliance.Firewall;

internal enum CompiledRuleKind : byte
{
    Deciding,                   // passes or blocks unless a later rule does
    Ending,                     // passes, blocks or translates, and no later rule is asked
    Match,
    Anchor,
    QuickAnchor,
}
