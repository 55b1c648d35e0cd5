using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>One thing that moved: which group, from what to what, when, why, and what it had heard.</summary>
/// <param name="Group">VHID and port, as <c>1@wan</c>.</param>
/// <param name="Cause">The event that did it.</param>
/// <param name="Interval">What this box would have advertised then, demotion included.</param>
/// <param name="Demotion">The ledger's total then.</param>
/// <param name="Heard">The last authentic advertisement before, if there was one.</param>
public readonly record struct CarpTimelineEntry(
    MonotonicTime Time,
    string Group,
    CarpState From,
    CarpState To,
    CarpEvent Cause,
    CarpInterval Interval,
    int Demotion,
    CarpAdvertisement? Heard)
{
    /// <summary>In the words of the system log of FreeBSD: <c>1@wan: BACKUP -> MASTER (master timed out)</c>.</summary>
    public override string ToString()
    {
        string heard = Heard is { } advertisement
            ? $"; heard {advertisement.Interval.BaseSeconds}+{advertisement.Interval.Skew}/256 s from {advertisement.Source}"
            : "";
        return $"{Group}: {CarpWords.Of(From)} -> {CarpWords.Of(To)} ({CarpWords.Of(Cause)})" +
            $"; own {Interval.BaseSeconds}+{Interval.Skew}/256 s, demotion {Demotion}{heard}";
    }
}
