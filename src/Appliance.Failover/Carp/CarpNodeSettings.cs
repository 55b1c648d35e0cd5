using System.Collections.Immutable;

namespace Appliance.Failover;

/// <summary>How a box takes part in CARP: its groups, and what FreeBSD keeps under net.inet.carp. Immutable.</summary>
public sealed record CarpNodeSettings
{
    public const int DefaultDemotion = 240;

    public required ImmutableArray<CarpGroupSettings> Groups { get; init; }

    /// <summary>A backup takes over from a slower master; without it demotion moves nothing (carp(4): off) but OpenBSD's.</summary>
    public bool Preempts { get; init; }

    /// <summary>
    /// For so long after any group of this box became backup none of them preempts: a link that flaps moves the addresses at most once
    /// in this time. FreeBSD has no such rule; 0 is its behaviour.
    /// </summary>
    public long PreemptHoldDownNanoseconds { get; init; } = 10_000_000_000;

    /// <summary>net.inet.carp.allow: off, nothing is received and every group is INIT.</summary>
    public bool IsAllowed { get; init; } = true;

    /// <summary>net.inet.carp.dscp: 0–63 (FreeBSD: 56, CS7).</summary>
    public byte Dscp { get; init; } = 56;

    /// <summary>For each group whose port is down.</summary>
    public int InterfaceDownDemotion { get; init; } = DefaultDemotion;

    /// <summary>For each group whose advertisements cannot be sent; 0 (OPNsense's choice) makes nothing of it.</summary>
    public int SendErrorDemotion { get; init; } = DefaultDemotion;

    public CarpTrust Trust { get; init; }

    /// <summary>
    /// How long digests over the former addresses and key are still sent and believed after a change, beside the new ones: long enough to
    /// configure the other box.
    /// </summary>
    public long ProofOverlapNanoseconds { get; init; } = 300_000_000_000;
}
