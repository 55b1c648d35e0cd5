namespace Appliance.Scenarios;

/// <summary>A word of a test.yaml and where it stands.</summary>
/// <param name="Position"><c>file:line:column</c>.</param>
internal readonly record struct Placed(string Text, string Position);
