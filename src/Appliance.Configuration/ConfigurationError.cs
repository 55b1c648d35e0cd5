namespace Appliance.Configuration;

/// <summary>
/// What is wrong with a configuration, where, and what would be right: one line. Without a position it is about the file itself.
/// </summary>
public sealed record ConfigurationError(string File, TextPosition? Position, string Message)
{
    /// <summary><c>file:line:column: message</c>, or <c>file: message</c>.</summary>
    public override string ToString() => Position is { } position ? $"{File}:{position}: {Message}" : $"{File}: {Message}";
}
