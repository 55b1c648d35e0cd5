namespace Appliance.Management;

/// <summary>A row of <c>show sync</c>: the peer, by the lane.</summary>
/// <param name="State"><c>absent</c>, <c>greeted</c> or <c>present</c>.</param>
/// <param name="HearsUs">The peer says that it hears this box.</param>
/// <param name="Paths">The sync link first.</param>
/// <param name="Heard">Heartbeats since the start.</param>
/// <param name="Refused">Messages that were not believed, by reason.</param>
/// <param name="LatenessMicroseconds">How late a heartbeat ever left here.</param>
/// <param name="States">How states are shared; null: they are not.</param>
public sealed record SyncDocument(
    string Peer,
    string State,
    bool HearsUs,
    double HeartbeatMilliseconds,
    double DetectMilliseconds,
    LanePathDocument[] Paths,
    ulong Heard,
    Dictionary<string, ulong> Refused,
    double LatenessMicroseconds,
    StateSyncDocument? States = null);
