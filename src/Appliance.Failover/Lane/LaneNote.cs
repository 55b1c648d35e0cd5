namespace Appliance.Failover;

/// <summary>
/// What a heartbeat says beside its claims, as a claim of group 0, which nobody has: older programs have no room for more. So it is told
/// to nobody of whom it is known that he would take it for one (<see cref="LaneFlags.Notes"/>).
/// </summary>
/// <param name="PathTag">Over which of the ports that both boxes have it goes, whatever number the path has on either.</param>
internal readonly record struct LaneNote(uint PathTag)
{
    private const byte NoGroup = 0;

    public LaneClaim AsClaim() => new(PathTag, NoGroup, CarpState.Backup, default, Term: 0, NextCounter: 0);

    public static bool TryFrom(in LaneClaim claim, out LaneNote note)
    {
        note = new LaneNote(claim.PortTag);
        return claim.Vhid == NoGroup;
    }
}
