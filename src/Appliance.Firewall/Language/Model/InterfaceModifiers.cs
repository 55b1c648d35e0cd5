namespace Appliance.Firewall.Language;

/// <summary>
/// Which addresses of an interface are meant: <c>:network</c>, <c>:broadcast</c>, <c>:peer</c>, and <c>:0</c> for no aliases.
/// </summary>
[Flags]
public enum InterfaceModifiers : byte
{
    None = 0,
    Network = 1,
    Broadcast = 2,
    Peer = 4,
    NoAlias = 8,
}
