namespace Appliance.Firewall.Language;

/// <summary>
/// That a statement was made, and where; <paramref name="Words" /> are its first: <c>set skip</c>, <c>altq</c>, <c>state limiter</c>.
/// </summary>
public sealed record PfStatement(SourcePosition Position, string Words);
