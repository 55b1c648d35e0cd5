namespace Appliance.Management;

/// <summary>What <c>carp status</c> shows: all of failover on this box.</summary>
/// <param name="Groups">As <c>show carp</c>.</param>
/// <param name="Maintenance">Taken out of service by its operator.</param>
/// <param name="Demotion">The sum of all causes, in 1/256 seconds of skew.</param>
/// <param name="Causes">Each reason for it.</param>
/// <param name="Counters">FreeBSD's names (<c>netstat -sp carp</c>) first.</param>
/// <param name="LatenessMicroseconds">How late failover's thread ever was.</param>
/// <param name="Timeline">The last transitions, oldest first.</param>
public sealed record CarpStatusDocument(
    CarpDocument[] Groups,
    bool Preempt,
    bool Maintenance,
    int Demotion,
    DemotionDocument[] Causes,
    Dictionary<string, ulong> Counters,
    double LatenessMicroseconds,
    TransitionDocument[] Timeline)
{
    /// <summary>What did not come to pass of a change that was asked for, a line each.</summary>
    public string[] Warnings { get; init; } = [];
}
