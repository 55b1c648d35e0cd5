namespace Appliance.Firewall.Language;

/// <summary>
/// What makes a rule the call of an anchor. <paramref name="Name" /> is empty for a body without a name; <paramref name="Body" /> is null
/// where the rules stand elsewhere.
/// </summary>
public sealed record AnchorCall(string Name, PfRuleSections? Body);
