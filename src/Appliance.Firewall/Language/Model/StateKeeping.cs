namespace Appliance.Firewall.Language;

/// <summary>Whether a pass rule makes a state, and of which kind.</summary>
public enum StateKeeping : byte
{
    None,
    Keep,

    /// <summary>With sequence numbers of our own choice.</summary>
    Modulate,

    /// <summary>The handshake is done here before the other side hears of it.</summary>
    Synproxy,
}
