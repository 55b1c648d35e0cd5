namespace Appliance.Management;

/// <summary>What <c>config diff</c> tells: what would be done, and the files' lines.</summary>
/// <param name="Actions">In the order in which they would be done.</param>
/// <param name="Text">As <c>diff -u</c> prints it; empty: the files are the same.</param>
public sealed record DifferenceDocument(string[] Actions, string Text);
