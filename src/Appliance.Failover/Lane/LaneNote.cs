namespace Appliance.Failover;

/// <summary>
/// What a heartbeat says beside its claims, as a claim of group 0, which nobody has: older programs have no room for more. So it is told
/// to nobody of whom it is known that he would take it for one (<see cref="LaneFlags.Notes"/>).
/// </summary>
/// <param name="PathTag">Over which of the ports that both boxes have it goes, whatever number the path has on either.</param>
/// <param name="ClaimsTies">Its sender believes that it is the one of the two that wins ties.</param>
internal readonly record struct LaneNote(uint PathTag, bool ClaimsTies)
{
    private const byte NoGroup = 0;
    private const uint TiesBit = 1;                                   // in the place of a term

    public LaneClaim AsClaim() => new(PathTag, NoGroup, CarpState.Backup, default, ClaimsTies ? TiesBit : 0, NextCounter: 0);

    public static bool TryFrom(in LaneClaim claim, out LaneNote note)
    {
        note = new LaneNote(claim.PortTag, (claim.Term & TiesBit) != 0);
        return claim.Vhid == NoGroup;
    }
}
