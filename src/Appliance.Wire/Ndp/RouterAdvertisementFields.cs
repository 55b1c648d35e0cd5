using Appliance.Wire.Icmp;

namespace Appliance.Wire.Ndp;

/// <summary>What a router advertisement says in front of its options, to be written (RFC 4861 §4.2).</summary>
public readonly record struct RouterAdvertisementFields(
    byte CurrentHopLimit,
    bool IsManagedConfiguration,
    bool IsOtherConfiguration,
    ushort RouterLifetimeSeconds,
    uint ReachableTimeMilliseconds,
    uint RetransmitTimerMilliseconds)
{
    public static RouterAdvertisementFields From(RouterAdvertisementView view) => new(
        view.CurrentHopLimit,
        view.IsManagedConfiguration,
        view.IsOtherConfiguration,
        view.RouterLifetimeSeconds,
        view.ReachableTimeMilliseconds,
        view.RetransmitTimerMilliseconds);

    /// <summary>
    /// Writes 16 bytes, which must be there, with a checksum of zero to be completed by the caller. The view covers all of
    /// <paramref name="bytes"/>: its options are the caller's to write.
    /// </summary>
    public RouterAdvertisementView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, RouterAdvertisementView.HeaderLength);
        new Icmpv6Fields(Icmpv6Type.RouterAdvertisement, Code: 0, RestOfHeader: 0).WriteTo(bytes);
        return new RouterAdvertisementView(bytes)
        {
            CurrentHopLimit = CurrentHopLimit,
            IsManagedConfiguration = IsManagedConfiguration,
            IsOtherConfiguration = IsOtherConfiguration,
            RouterLifetimeSeconds = RouterLifetimeSeconds,
            ReachableTimeMilliseconds = ReachableTimeMilliseconds,
            RetransmitTimerMilliseconds = RetransmitTimerMilliseconds,
        };
    }
}
