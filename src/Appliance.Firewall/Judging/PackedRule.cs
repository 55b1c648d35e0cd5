namespace Appliance.Firewall;

/// <summary>
/// A rule of one of the lists of a <see cref="Ruleset"/>, in 32 bits: what a state remembers of the rule that translated it.
/// </summary>
internal static class PackedRule
{
    public const uint None = uint.MaxValue;

    private const int IndexBits = 28;

    public static uint Pack(RulesetList list, int index) => ((uint)list << IndexBits) | (uint)index;

    public static RulesetList ListOf(uint reference) => (RulesetList)(reference >> IndexBits);

    public static int IndexOf(uint reference) => (int)(reference & ((1u << IndexBits) - 1));
}
