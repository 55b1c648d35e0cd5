namespace Appliance.Wire.Ip;

/// <summary>How a walk over IPv6 extension headers ended.</summary>
public enum Ipv6WalkOutcome : byte
{
    /// <summary>At something that is no extension header, or at a fragment header behind which no further header can be read.</summary>
    Complete,

    /// <summary>At a header that is not all there.</summary>
    Truncated,

    /// <summary>At more than <see cref="Ipv6ExtensionReader.MaxExtensionHeaders"/> headers.</summary>
    TooManyHeaders,
}
