namespace Appliance.Firewall.Language;

/// <summary>Ports by RFC 7597 (MAP-E): bits before the identifier, its length in bits, its value.</summary>
public sealed record MapEPortSet(byte Offset, byte Length, ushort Identifier);
