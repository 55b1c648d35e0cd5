namespace Appliance.Wire.Carp;

/// <summary>Which addresses of a virtual host its digest covers. Speakers that differ in this do not believe each other.</summary>
public enum CarpDigestForm
{
    /// <summary>FreeBSD from release 10 on and ucarp: every address.</summary>
    EveryAddress,

    /// <summary>What OpenBSD sends: every address but IPv6 link-local ones. It accepts <see cref="EveryAddress"/> too.</summary>
    WithoutLinkLocal,
}
