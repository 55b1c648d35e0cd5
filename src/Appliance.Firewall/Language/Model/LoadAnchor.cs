namespace Appliance.Firewall.Language;

/// <summary><c>load anchor NAME from FILE</c>; the file is the path for <see cref="IRulesetFiles.TryRead" />.</summary>
public sealed record LoadAnchor(SourcePosition Position, string Name, string File);
