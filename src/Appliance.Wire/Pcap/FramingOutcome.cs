namespace Appliance.Wire.Pcap;

/// <summary>What became of a captured record on its way to being an Ethernet frame.</summary>
public enum FramingOutcome : byte
{
    /// <summary>A frame was made.</summary>
    Framed,

    /// <summary>The link type, or what a cooked or loopback header says is behind it, cannot be carried in an Ethernet frame.</summary>
    UnknownLinkType,

    /// <summary>Less was captured than was on the link, and no whole IP datagram is there.</summary>
    CapturedShort,

    /// <summary>The frame is over the limit: 65,549 bytes and 4 for each leading VLAN tag.</summary>
    FrameTooLong,

    /// <summary>The record is as long as it was on the link, and still too short for the header of its link type.</summary>
    LinkHeaderShort,
}
