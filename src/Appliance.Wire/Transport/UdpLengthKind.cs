namespace Appliance.Wire.Transport;

/// <summary>How the length field of a UDP header relates to the bytes that are there.</summary>
public enum UdpLengthKind : byte
{
    /// <summary>8 or more and all there; bytes behind it are not the datagram's.</summary>
    Whole,

    /// <summary>0: a jumbogram (RFC 2675 §4), or a length left for a NIC to fill in.</summary>
    Zero,

    /// <summary>1–7: the length does not cover its own header.</summary>
    BelowHeader,

    /// <summary>More than is there: cut short, a first fragment, or a lie.</summary>
    BeyondBytes,
}
