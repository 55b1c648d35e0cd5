namespace Appliance.Firewall;

/// <summary>What else is true of a packet that rules judge.</summary>
[Flags]
public enum PacketTraits : byte
{
    None = 0,

    /// <summary>
    /// The transport header is in another fragment: ports, flags, type and code are not known. A rule that asks for one of them does not
    /// match, whatever it asks.
    /// </summary>
    LaterFragment = 1,
}
