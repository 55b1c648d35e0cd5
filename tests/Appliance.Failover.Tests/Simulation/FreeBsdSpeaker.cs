using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>
/// One virtual host as FreeBSD 14 keeps it, written from the description of its rules and as plainly as that: no table, no ledger, none of
/// what this program does beyond. Times in nanoseconds; intervals are compared in whole microseconds, as there.
/// </summary>
internal sealed class FreeBsdSpeaker(int advbase, int advskew, bool preempt, bool hasIpv4, bool hasIpv6)
{
    private const long Never = long.MaxValue;

    private long _masterDown4 = Never, _masterDown6 = Never, _sendAd = Never;
    private bool _isSuppressed;

    public string State { get; private set; } = "INIT";
    public int Demotion { get; private set; }
    public List<(long At, bool IsV6, int Base, int Skew)> Sent { get; } = [];
    public long NextDeadline => Math.Min(_sendAd, Math.Min(_masterDown4, _masterDown6));

    private int DemotedSkew => Math.Max(0, Math.Min(advskew + Demotion, 240));

    public void Link(bool isUp, long now)
    {
        (_sendAd, _masterDown4, _masterDown6, State) = (Never, Never, Never, "INIT");
        if (isUp)
        {
            State = "BACKUP";
            ArmMasterDown(now, ipv4: hasIpv4, ipv6: hasIpv6);
        }

        if (isUp == _isSuppressed) Demote(isUp ? -240 : 240, now);
        _isSuppressed = !isUp;
    }

    public void Demote(int adjustment, long now)
    {
        Demotion += adjustment;
        if (State == "MASTER") SendAd(now);
    }

    public void Hear(bool isV6, int theirBase, int theirSkew, long now)
    {
        long mine = Microseconds(advbase, DemotedSkew), theirs = Microseconds(theirBase, theirSkew);
        if (State == "MASTER" && mine >= theirs)
        {
            (_sendAd, State) = (Never, "BACKUP");
            ArmMasterDown(now, ipv4: hasIpv4, ipv6: hasIpv6);
        }
        else if (State == "BACKUP")
        {
            if (preempt && mine < theirs) BecomeMaster(now);
            else if (Microseconds(3 * advbase, DemotedSkew) < theirs) BecomeMaster(now);
            else ArmMasterDown(now, ipv4: !isV6, ipv6: isV6);
        }
    }

    public void Tick(long now)
    {
        if (_sendAd <= now && State == "MASTER") SendAd(now);
        bool isDown = _masterDown4 <= now || _masterDown6 <= now;
        if (_masterDown4 <= now) _masterDown4 = Never;
        if (_masterDown6 <= now) _masterDown6 = Never;
        if (isDown && State == "BACKUP") BecomeMaster(now);
    }

    private static long Microseconds(int seconds, int skew) => (seconds * 1_000_000L) + (skew * 1_000_000L / 256);

    private void BecomeMaster(long now)
    {
        State = "MASTER";
        SendAd(now);
        _sendAd = now + (advbase * Second) + (advskew * Skew);
    }

    private void SendAd(long now)
    {
        if (hasIpv4) Sent.Add((now, false, advbase, DemotedSkew));
        if (hasIpv6) Sent.Add((now, true, advbase, DemotedSkew));
        _sendAd = now + (advbase * Second) + (DemotedSkew * Skew);
    }

    private void ArmMasterDown(long now, bool ipv4, bool ipv6)
    {
        long until = now + (3 * advbase * Second) + (advskew * Skew);
        if (ipv4) _masterDown4 = until;
        if (ipv6) _masterDown6 = until;
    }
}
