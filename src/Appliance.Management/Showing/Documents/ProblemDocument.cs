namespace Appliance.Management;

/// <summary>Why a request was not done; a line each, for people.</summary>
public sealed record ProblemDocument(string[] Errors);
