namespace Appliance.Management;

/// <summary>A change of a group's state.</summary>
/// <param name="Group">VHID and port, as <c>1@wan</c>.</param>
/// <param name="Text">The same in words, with what was heard before.</param>
public sealed record TransitionDocument(double SecondsAgo, string Group, string From, string To, string Cause, string Text);
