namespace Appliance.Simulation;

/// <summary>Whom in a box a frame is for, as the filters of its sockets tell.</summary>
internal enum FrameKind
{
    Data,

    /// <summary>ARP and neighbour discovery.</summary>
    Neighbours,

    /// <summary>CARP's protocol, of an advert.</summary>
    Advert,

    /// <summary>CARP's protocol, of the lane.</summary>
    Lane,
}
