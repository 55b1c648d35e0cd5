namespace Appliance.Failover;

/// <summary>What there is to do, for who has ports and a data plane.</summary>
public enum CarpActionKind
{
    /// <summary>The data plane takes the group's addresses (and its virtual MAC), states first. Done before what follows.</summary>
    TakeOver,

    /// <summary>The data plane gives them up: nothing is answered, accepted or forwarded for them from here on.</summary>
    StandDown,

    /// <summary>A frame: the advertisement of one family. Its outcome is told by <see cref="CarpNode.OnSent"/>.</summary>
    SendAdvertisement,

    /// <summary>A frame: where one address is now (an ARP announcement, an unsolicited neighbor advertisement).</summary>
    SendAnnouncement,

    /// <summary>A frame: where the port's own address is, of a box that is spoken to and silent otherwise.</summary>
    ShowPort,
}
