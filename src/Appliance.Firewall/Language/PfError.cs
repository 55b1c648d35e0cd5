namespace Appliance.Firewall.Language;

/// <summary>What is wrong with a ruleset, and what would be right there.</summary>
public sealed record PfError(SourcePosition Position, string Message)
{
    /// <summary><c>file:line:column: message</c>.</summary>
    public override string ToString() => $"{Position}: {Message}";
}
