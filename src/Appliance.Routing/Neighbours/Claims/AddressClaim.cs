using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>One own address on one link, and how far it is.</summary>
internal sealed class AddressClaim(int port, IpPrefix address, VirtualAddress? shared = null)
{
    private const long Second = NeighbourTimes.Second;

    /// <summary>RFC 5227 §1.1: at most one defence in so long.</summary>
    public const long DefendInterval = 10 * Second;

    public const long RetryDuplicate = 60 * Second;

    private const int DadTransmits = 1, ArpProbes = 3;                  // RFC 4862 §5.1, RFC 5227 §1.1
    private const int Advertisements = 3, ArpAnnouncements = 2;         // RFC 4861 §10, RFC 5227 §1.1

    public int Port => port;

    public IpPrefix Prefix => address;

    public IpAddress Address => address.Address;

    /// <summary>Null: the appliance's alone.</summary>
    public VirtualAddress? Shared => shared;

    public bool IsVirtual => shared is not null;

    /// <summary>False while the other of the pair has it: then it is any neighbour's.</summary>
    public bool IsHere => shared is not { IsHeld: false };

    public ClaimState State { get; set; }

    /// <summary>When the state's time has passed.</summary>
    public MonotonicTime DueAt { get; set; } = MonotonicTime.Never;

    /// <summary>Probes or announcements sent in this state.</summary>
    public int Sent { get; set; }

    public MonotonicTime DefendedAt { get; set; } = new(long.MinValue / 2);

    public bool IsUsable => IsHere && (State is ClaimState.Announcing or ClaimState.Owned);

    /// <summary>Whether all that is to be sent in this state has been.</summary>
    public bool IsDone => State switch
    {
        ClaimState.Probing => Sent >= (Address.IsV6 ? DadTransmits : ArpProbes),
        ClaimState.Announcing => Sent >= (Address.IsV6 ? Advertisements : ArpAnnouncements),
        _ => true,
    };

    /// <summary>Until when the state lasts, with a random number of the claim's.</summary>
    public MonotonicTime EndOf(MonotonicTime now, ulong random) =>
        State == ClaimState.Owned ? MonotonicTime.Never : now + Wait(random);

    private long Wait(ulong random)
    {
        bool isV6 = Address.IsV6;
        return State switch
        {
            ClaimState.Waiting => (long)(random % Second),              // MAX_RTR_SOLICITATION_DELAY; PROBE_WAIT
            ClaimState.Probing when isV6 => NeighbourTimes.RetransTimer,
            ClaimState.Probing when IsDone => 2 * Second,               // ANNOUNCE_WAIT
            ClaimState.Probing => Second + (long)(random % Second),     // PROBE_MIN to PROBE_MAX
            ClaimState.Announcing => isV6 ? NeighbourTimes.RetransTimer : 2 * Second,
            _ => RetryDuplicate,
        };
    }
}
