using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Failover;
using Appliance.Firewall;
using Appliance.Node;
using Appliance.Wire.Ip;

namespace Appliance.Management;

/// <summary>What is shown of failover; by its thread.</summary>
internal static class FailoverReading
{
    private const double Second = 1e9, Millisecond = 1e6, Microsecond = 1e3;

    public static CarpDocument[] ReadGroups(FailoverControl control, RuntimeModel configuration) =>
        [.. control.Carp.Groups.Select(group => DocumentOf(group, control.Carp, configuration))];

    public static CarpStatusDocument ReadStatus(FailoverControl control, RuntimeModel configuration, MonotonicTime now)
    {
        CarpNode carp = control.Carp;
        return new CarpStatusDocument(
            ReadGroups(control, configuration),
            carp.Settings.Preempts,
            carp.Ledger.AmountOf(DemotionCause.Maintenance) != 0,
            carp.Ledger.Total,
            [.. carp.Ledger.Entries.Select(entry => new DemotionDocument(
                Words.Kebab(entry.Cause.ToString()), entry.Subject, entry.Amount, (now - entry.Since) / Second))],
            carp.Statistics.Rows().ToDictionary(StringComparer.Ordinal),
            control.MaxLatenessNanoseconds / Microsecond,
            [.. carp.Timeline.Entries.Select(entry => new TransitionDocument(
                (now - entry.Time) / Second, entry.Group, CarpWords.Of(entry.From), CarpWords.Of(entry.To), CarpWords.Of(entry.Cause),
                entry.ToString()))]);
    }

    /// <summary>One row, or none: there is no lane.</summary>
    public static SyncDocument[] ReadSync(FailoverControl control, RuntimeModel configuration, MonotonicTime now)
    {
        if (control.Lane is not { } lane || control.Plan.Lane is not { } plan) return [];
        return
        [
            new SyncDocument(
                plan.Peer.ToString(),
                lane.State.ToString().ToLowerInvariant(),
                lane.DoesPeerHear,
                plan.Settings.HeartbeatNanoseconds / Millisecond,
                plan.Settings.DetectNanoseconds / Millisecond,
                [.. plan.Ports.Select((port, path) => new LanePathDocument(configuration.Ports[port.Index].Name, lane.IsAlive(path, now)))],
                lane.HeartbeatsHeard,
                Enum.GetValues<LaneRefusal>().Where(reason => reason != LaneRefusal.None).ToDictionary(
                    reason => Words.Kebab(reason.ToString()), reason => lane[reason], StringComparer.Ordinal),
                lane.MaxLatenessNanoseconds / Microsecond,
                control.Sync is { } sync ? ReadStates(sync, now) : null),
        ];
    }

    private static StateSyncDocument ReadStates(SyncJoint sync, MonotonicTime now)
    {
        SyncExchange exchange = sync.Exchange;
        (int underWay, int window) = exchange.Window;
        SyncOutcomes[] outcomes = [.. sync.Outcomes];
        return new StateSyncDocument(
            Words.Kebab(exchange.Phase.ToString()),
            exchange.IsLeader ? "leader" : "follower",
            sync.Streams.Buckets,
            exchange.EqualStreams - sync.EqualBeside,
            underWay,
            window,
            exchange.OldestNanoseconds(now) / Millisecond,
            exchange.Lag.Percentile(50) / Millisecond,
            exchange.Lag.Percentile(99) / Millisecond,
            exchange.Lag.MaxNanoseconds / Millisecond,
            sync.Lost,
            Enum.GetValues<SyncEvent>().ToDictionary(what => Words.Kebab(what.ToString()), what => exchange[what], StringComparer.Ordinal),
            Enum.GetValues<FlowAdoption>().ToDictionary(
                what => Words.Kebab(what.ToString()), what => outcomes.Sum(worker => worker[what]), StringComparer.Ordinal),
            Enum.GetValues<SyncOutcome>().ToDictionary(
                what => Words.Kebab(what.ToString()), what => outcomes.Sum(worker => worker[what]), StringComparer.Ordinal),
            DocumentOf(sync.Tables),
            DocumentOf(sync.Neighbours),
            sync.Plan.HoldNanoseconds > 0 ? ReadHolds(sync) : null);
    }

    private static NeighbourSyncDocument DocumentOf(NeighbourSyncAccounts neighbours) => new(
        PhaseOf(neighbours.IsShared, neighbours.IsEqual),
        neighbours.Own,
        neighbours.Peers,
        neighbours.Told,
        neighbours.Adopted,
        neighbours.Ended,
        neighbours.Refused);

    private static string PhaseOf(bool isShared, bool isEqual) => !isShared ? "alone" : isEqual ? "in-sync" : "joining";

    private static TableSyncDocument DocumentOf(TableSyncAccounts tables) => new(
        PhaseOf(tables.IsShared, tables.IsEqual),
        tables.Entries,
        tables.Waiting,
        tables.Told,
        tables.Adopted,
        tables.Ended,
        tables.Refused,
        tables.Elsewhere,
        tables.Untold);

    private static HeldFlowsDocument ReadHolds(SyncJoint sync)
    {
        DurationCounts waits = sync.ReadHoldWaits();
        return new HeldFlowsDocument(
            sync.Plan.HoldNanoseconds / Millisecond,
            sync.HeldFrames,
            waits.Percentile(50) / Millisecond,
            waits.Percentile(99) / Millisecond,
            waits.MaxNanoseconds / Millisecond,
            Enum.GetValues<HoldOutcome>().ToDictionary(what => Words.Kebab(what.ToString()), sync.HoldsOf, StringComparer.Ordinal));
    }

    /// <summary>Its peer is who is configured, or else who was heard last.</summary>
    private static CarpDocument DocumentOf(CarpGroup group, CarpNode carp, RuntimeModel configuration)
    {
        CarpGroupSettings settings = group.Settings;
        CarpModel? model = configuration.HighAvailability?.Find(settings.Vhid, settings.Port.Index);
        IpAddress? peer = model?.Peer ?? model?.Peer6 ?? group.Heard?.Source;
        return new CarpDocument(
            settings.Vhid,
            group.Port.Name,
            CarpWords.Of(group.State),
            settings.Interval.BaseSeconds,
            settings.Interval.Skew,
            carp.Ledger.Total,
            model is null
                ? [.. settings.Addresses.Select(address => address.ToString())]
                : [.. model.Addresses.Select(address => address.ToString())],
            peer?.ToString(),
            (long)group.Transitions);
    }
}
