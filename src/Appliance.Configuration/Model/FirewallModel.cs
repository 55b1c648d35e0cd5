using Appliance.Firewall;

namespace Appliance.Configuration;

/// <summary>
/// The ruleset that judges what is forwarded: where it stands and what it says, resolved on this model's ports as far as the configuration
/// knows their addresses. Two are equal when they open the same path and say the same (<see cref="ResolvedRuleset.Digest" />).
/// </summary>
public sealed record FirewallModel(FileReference Ruleset, ResolvedRuleset Rules)
{
    public bool Equals(FirewallModel? other) =>
        other is not null && Ruleset == other.Ruleset && string.Equals(Rules.Digest, other.Rules.Digest, StringComparison.Ordinal);

    public override int GetHashCode() => HashCode.Combine(Ruleset, Rules.Digest);
}
