using Appliance.Engine;

namespace Appliance.Routing;

/// <summary>The constants of RFC 4861 §10, in nanoseconds, and those that it leaves open.</summary>
internal static class NeighbourTimes
{
    public const long Second = 1_000_000_000;

    public const int MaxMulticastSolicit = 3;
    public const int MaxUnicastSolicit = 3;
    public const long RetransTimer = Second;
    public const long DelayFirstProbe = 5 * Second;

    /// <summary>BASE_REACHABLE_TIME, which is multiplied by a random factor from 0.5 to 1.5.</summary>
    public const long BaseReachable = 30 * Second;

    /// <summary>How often that factor is drawn anew (§6.3.2: "at least every few hours").</summary>
    public const long ReachableEra = 7200 * Second;

    /// <summary>An entry that nobody has used for so long is forgotten.</summary>
    public const long StaleLifetime = 1200 * Second;

    /// <summary>Nobody is asked for so long after it has not answered.</summary>
    public const long FailedHold = Second;

    /// <summary>Until a question is tried again that could not be sent: no address of ours may be used yet.</summary>
    public const long NoSourceRetry = Second / 10;

    /// <summary>What has been asked for so recently is not pushed out by other questions.</summary>
    public const long MinUnknownAge = Second / 10;

    /// <summary>How long an entry of a port stays REACHABLE; the same for all of them for some hours (§6.3.2).</summary>
    public static long Reachable(KeyedRandom random, int port, MonotonicTime now)
    {
        ulong draw = random.Draw(RandomPurpose.ReachableTime, (ulong)port, (ulong)(now.Nanoseconds / ReachableEra), 0);
        return (BaseReachable / 2) + (long)(draw % (ulong)BaseReachable);
    }
}
