using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// How many challenge ACKs a connection may cause (RFC 5961 §7). Each connection has its own count, so that nobody learns of one connection
/// by what another is answered: a count shared by all was a side channel (CVE-2016-5696).
/// </summary>
public static class ChallengeLimit
{
    /// <summary>RFC 5961 §7: ten in five seconds.</summary>
    public const int Answers = 10, Seconds = 5;

    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Whether one more may be answered; counts it when so.</summary>
    public static bool TryTake(ref TcpTrack track, MonotonicTime now)
    {
        uint second = (uint)(now.Nanoseconds / NanosecondsPerSecond);
        if (second - track.ChallengesSince >= Seconds)
        {
            track.ChallengesSince = second;
            track.Challenges = 0;
        }

        if (track.Challenges >= Answers) return false;
        track.Challenges++;
        return true;
    }
}
