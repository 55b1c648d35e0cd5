namespace Appliance.Failover;

/// <summary>Which valid advertisements count. The digest proves the key, but anyone may send again what was once sent.</summary>
public enum CarpTrust
{
    /// <summary>All, as in plain CARP.</summary>
    AnyValid,

    /// <summary>
    /// Those whose counter was not among the last 1,024 heard: a recording of a dead master does not keep it alive. A box that
    /// has just started has heard none yet. Not for OpenBSD's speakers, whose counter stays the same.
    /// </summary>
    FreshCounters,

    /// <summary>
    /// Those whose counter the peer announced by other means (the lane), each once: a recording has no use at all. A group that had a
    /// master by <see cref="FreshCounters"/> believes those on until the first is announced, or it has taken over.
    /// </summary>
    AnnouncedCounters,
}
