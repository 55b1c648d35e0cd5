namespace Appliance.Failover;

/// <summary>What a box says of one of its groups over the lane.</summary>
/// <param name="PortTag">Names the port on both boxes, whatever its number here: a hash of its name or role.</param>
/// <param name="Interval">
/// What it advertises, or would: who is the better master. <see cref="CarpInterval.Leaving"/> of what it has handed over.
/// </param>
/// <param name="Term">Grows with every takeover; the higher one is right.</param>
/// <param name="NextCounter">Of its next advertisement (<see cref="CarpTrust.AnnouncedCounters"/>); 0: it tells none.</param>
public readonly record struct LaneClaim(
    uint PortTag, byte Vhid, CarpState State, CarpInterval Interval, uint Term, ulong NextCounter);
