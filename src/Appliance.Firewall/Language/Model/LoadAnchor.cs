namespace Appliance.Firewall.Language;

/// <summary><c>load anchor NAME from FILE</c>; the file is as written.</summary>
public sealed record LoadAnchor(SourcePosition Position, string Name, string File);
