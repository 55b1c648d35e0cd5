namespace Appliance.Reports;

/// <summary>One number that a replay must come to.</summary>
/// <param name="Path">Dotted, into the document of <c>replay --json</c>.</param>
/// <param name="Expected">Not negative.</param>
/// <param name="Position">Where it is asked for: <c>file:line:column</c>.</param>
internal sealed record Expectation(string Path, long Expected, string Position);
