using Appliance.Wire.Carp;
using Appliance.Wire.Ip;

namespace Appliance.Failover;

/// <summary>
/// One thing to do, in the order given. What is a frame is written by <see cref="CarpFrames.Write"/>, at once or not at all: it says what
/// was true when the action was made.
/// </summary>
public readonly record struct CarpAction
{
    public required CarpActionKind Kind { get; init; }

    public required CarpGroup Group { get; init; }

    /// <summary>Why, of taking over and standing down.</summary>
    public CarpEvent Cause { get; init; }

    /// <summary>The address announced; of an advertisement, where it goes: the group of its family, or the peer.</summary>
    public IpAddress Address { get; init; }

    /// <summary>Of an advertisement.</summary>
    public CarpFields Advertisement { get; init; }

    /// <summary>Of an advertisement: completes it. There are several of them while addresses or key change.</summary>
    public CarpHmac? Proof { get; init; }

    public bool IsFrame => Kind is not (CarpActionKind.TakeOver or CarpActionKind.StandDown);

    /// <summary>A frame to one station, whose MAC address the sender of frames must know.</summary>
    public bool IsToPeer => Kind == CarpActionKind.SendAdvertisement && !Address.IsMulticast;
}
