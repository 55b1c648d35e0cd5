namespace Appliance.Wire.Ndp;

/// <summary>Whether a message of neighbour discovery may be believed, or the first rule that it breaks.</summary>
public enum NdpVerdict : byte
{
    Valid,

    /// <summary>None of the five messages of RFC 4861.</summary>
    NotNeighborDiscovery,

    /// <summary>Shorter than its type demands.</summary>
    TooShort,

    /// <summary>The hop limit is not 255: a router may have forwarded it.</summary>
    HopLimit,

    /// <summary>The code is not 0.</summary>
    Code,

    /// <summary>An option has length 0 or goes beyond the message.</summary>
    Option,

    /// <summary>A router speaks from an address that is not link-local.</summary>
    SourceNotLinkLocal,

    /// <summary>From the unspecified address, and yet with a source link-layer address.</summary>
    LinkLayerAddressOfUnspecified,

    /// <summary>From the unspecified address to anything but a solicited-node group.</summary>
    UnspecifiedToOther,

    /// <summary>The target, or a redirect's destination, is a group.</summary>
    GroupTarget,

    /// <summary>A solicited advertisement to a group.</summary>
    SolicitedToGroup,

    /// <summary>A redirect's target is neither link-local nor the destination.</summary>
    RedirectTarget,
}
