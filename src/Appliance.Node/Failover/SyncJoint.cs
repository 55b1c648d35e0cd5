using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Appliance.Engine;
using Appliance.Failover;
using Appliance.Firewall;
using Appliance.Routing;
using Appliance.Wire.Sync;

namespace Appliance.Node;

/// <summary>
/// Sync of a node's states, joined to its workers: a journal, an inbox and a <see cref="SyncBuckets"/> for each, and the
/// <see cref="SyncExchange"/> that failover carries; and of its tables and neighbours, joined to the thread that tends it, as
/// if that were more of them. Of one lane and one way of steering; another of either needs another joint, and until it is there this one
/// has no streams.
/// </summary>
public sealed class SyncJoint
{
    /// <summary>Nanoseconds that a new flow waits at most while groups are handed over, where flows do not wait otherwise.</summary>
    public const long PlannedPatience = 200_000_000;

    private readonly ApplianceNode _node;
    private readonly SteeringRules _steering;                         // by which its streams are the buckets
    private readonly ImmutableArray<Worker> _workers;
    private readonly ImmutableArray<SyncJournal> _journals;
    private readonly ImmutableArray<SyncInbox> _inboxes;
    private readonly ImmutableArray<SyncBuckets> _buckets;
    private readonly ImmutableArray<SyncAttachment> _attachments;
    private readonly TableReplica _tables;
    private readonly NeighbourReplica _neighbours;
    private readonly ImmutableArray<BesideBreath> _beside;            // by SyncBeside
    private MonotonicTime? _holdsSince;                               // all workers do
    private int _attached;                                            // workers that were written to
    private int _detached;

    /// <param name="node">Whose states they are; its steering is settled (<see cref="ApplianceNode.IsSteeringSettled"/>).</param>
    /// <param name="plan">The lane that carries them.</param>
    /// <param name="creator">Of this life of this box, as likely as can be no other's.</param>
    /// <param name="sender">Who sleeps there is woken when something is to be sent.</param>
    public SyncJoint(ApplianceNode node, LanePlan plan, ushort creator, Doorbell sender)
    {
        (_node, Plan, _workers, _steering) = (node, plan, node.Workers, node.Steering);
        Streams = new SyncStreams(_steering.Table.Buckets, Enum.GetValues<SyncBeside>().Length) { HoldsAlways = plan.HoldNanoseconds > 0 };
        SyncBeside[] beside = Enum.GetValues<SyncBeside>();
        _journals =
        [
            .. _workers.Select(_ => new SyncJournal(Streams)),
            .. beside.Select(_ => new SyncJournal(Streams) { IsBeside = true }),
        ];
        _inboxes = [.. _journals.Select(_ => new SyncInbox())];
        _buckets = [.. _workers.Select(worker => worker.Id).Select(id => new SyncBuckets(
            id, Streams, _journals[id], _inboxes[id], node.Shards[id], stream => OwnerOf(stream) == id))];
        var key = KeyedRandom.FromSeed(plan.NumberFor("appliance flow digests 1"u8));
        _attachments = [.. _workers.Select(worker => new SyncAttachment(
            new SyncBreath(_buckets[worker.Id], _journals[worker.Id], Streams, sender),
            new FlowSync(_journals[worker.Id], key, creator)
            {
                Receipts = Streams,
                PatienceNanoseconds = plan.HoldNanoseconds > 0 ? plan.HoldNanoseconds : PlannedPatience,
            }))];
        _tables = ShareTables(KeyedRandom.FromSeed(plan.NumberFor("appliance table digests 1"u8)));
        _neighbours = ShareNeighbours(KeyedRandom.FromSeed(plan.NumberFor("appliance neighbour digests 1"u8)));
        _beside = [Share(SyncBeside.Tables, _tables, sender), Share(SyncBeside.Neighbours, _neighbours, sender)];
        var settings = new SyncSettings(plan.SyncMessageBytes) { WinsTies = plan.ClaimsTies, Steering = DigestOf(_steering) };
        Exchange = new SyncExchange(settings, Streams, _journals, _inboxes, OwnerOf);
    }

    public LanePlan Plan { get; }

    /// <summary>Whether it is of this lane, and of the steering in force. By the thread that tends the node.</summary>
    public bool Fits(LanePlan? plan) => Equals(Plan, plan) && HasStreamsOf(_node.Steering);

    public SyncStreams Streams { get; }

    /// <summary>Of the thread of failover.</summary>
    public SyncExchange Exchange { get; }

    /// <summary>By worker: how its states are shared.</summary>
    public IEnumerable<FlowSync> Flows => _attachments.Select(attachment => attachment.Flows!);

    /// <summary>By worker; to be looked at.</summary>
    public IEnumerable<SyncOutcomes> Outcomes => _buckets.Select(buckets => buckets.Outcomes);

    /// <summary>How tables are shared.</summary>
    public TableSyncAccounts Tables
    {
        get
        {
            (BesideBreath shared, TableLedger ledger) = (_beside[(int)SyncBeside.Tables], _node.TableLedger);
            SyncOutcomes outcomes = shared.Outcomes;
            return new TableSyncAccounts(
                shared.IsShared,
                shared.IsEqual,
                ledger.Count,
                ledger.Waiting,
                _tables.Written + outcomes[SyncOutcome.Told],
                outcomes[FlowAdoption.Adopted] + outcomes[FlowAdoption.Refreshed],
                outcomes[FlowAdoption.Removed] + outcomes[SyncOutcome.Swept],
                RefusedOf(outcomes),
                ledger.Homeless,
                ledger.Unmarked);
        }
    }

    /// <summary>How neighbours are.</summary>
    public NeighbourSyncAccounts Neighbours
    {
        get
        {
            BesideBreath shared = _beside[(int)SyncBeside.Neighbours];
            SyncOutcomes outcomes = shared.Outcomes;
            return new NeighbourSyncAccounts(
                shared.IsShared,
                shared.IsEqual,
                _neighbours.Own,
                _neighbours.Peers,
                _neighbours.Written + outcomes[SyncOutcome.Told],
                outcomes[FlowAdoption.Adopted] + outcomes[FlowAdoption.Refreshed],
                outcomes[FlowAdoption.Removed] + outcomes[SyncOutcome.Swept],
                RefusedOf(outcomes));
        }
    }

    /// <summary>Streams behind those of flows that were found equal.</summary>
    public int EqualBeside => _beside.Count(shared => shared.IsEqual);

    /// <summary>Changes that found no room in a journal.</summary>
    public long Lost => _journals.Sum(journal => journal.Lost);

    /// <summary>New flows by what became of their wait for the peer.</summary>
    public long HoldsOf(HoldOutcome outcome) => _node.Shards.Sum(shard => shard.HoldsOf(outcome));

    /// <summary>
    /// Before groups are handed over on purpose: from now on new flows wait until the peer knows them, so that what is forwarded from here
    /// to the move, and while frames still come behind it, is known there.
    /// </summary>
    public void BeginPlannedEnd()
    {
        (_holdsSince, Streams.HoldsForNow) = (null, true);
        RingWorkers();
    }

    /// <summary>Behind <see cref="BeginPlannedEnd"/>: whether the peer knows all that was forwarded before new flows waited.</summary>
    public bool IsTold(MonotonicTime now)
    {
        if (!Exchange.IsOpen) return true;
        if (_holdsSince is null && _node.Shards.All(shard => shard.IsHolding)) _holdsSince = now;
        if (_holdsSince is null) RingWorkers();
        return _holdsSince is { } since && Exchange.HasToldAllUntil(since);
    }

    /// <summary>New flows wait no longer than the configuration has them wait.</summary>
    public void EndPlannedEnd() => Streams.HoldsForNow = false;

    /// <summary>Frames that wait for the peer now.</summary>
    public int HeldFrames => _node.Shards.Sum(shard => shard.HeldFrames);

    /// <summary>How long new flows waited for the peer, on all workers.</summary>
    public DurationCounts ReadHoldWaits()
    {
        var waits = new DurationCounts();
        foreach (FirewallShard shard in _node.Shards) waits.Add(shard.HoldWaits);
        return waits;
    }

    /// <summary>Writes to the workers that do not share yet; true when all do. By the thread that tends the node.</summary>
    public bool TryAttach()
    {
        if (_node.SyncBeside != _beside)
        {
            foreach (BesideBreath beside in _beside) beside.Attach();
            _node.SyncBeside = _beside;
        }

        while (_attached < _workers.Length && _workers[_attached].TryPost(_attachments[_attached])) _attached++;
        return _attached == _workers.Length;
    }

    /// <summary>The other way; true when none shares any more.</summary>
    public bool TryDetach()
    {
        JoinPorts();
        if (_node.SyncBeside == _beside)
        {
            foreach (BesideBreath beside in _beside) beside.Detach();
            _node.SyncBeside = [];
        }

        while (_detached < _attached && _workers[_detached].TryPost(new SyncAttachment(null, null))) _detached++;
        return _detached == _attached;
    }

    /// <summary>
    /// While neither box knows what the other does, each gives new translations ports of its own half only. By the thread of failover,
    /// whenever the lane may have changed.
    /// </summary>
    /// <param name="hasLower">True on one of the two.</param>
    public void DividePorts(bool hasLower)
    {
        PortHalf half = Exchange.IsOpen ? PortHalf.Whole : hasLower ? PortHalf.Lower : PortHalf.Upper;
        if (_node.PortHalf != half) _node.PortHalf = half;
    }

    /// <summary>There is no peer to think of any more.</summary>
    public void JoinPorts() => _node.PortHalf = PortHalf.Whole;

    /// <summary>
    /// Wakes the workers for which something has come, who may go on telling, or whose frames wait for what may have come. Any thread.
    /// </summary>
    public void RingWorkers()
    {
        bool isBusy = Streams.HasWork || (Streams.HoldsForNow && _holdsSince is null);
        for (int worker = 0; worker < _workers.Length; worker++)
        {
            bool hasNews = !_inboxes[worker].IsEmpty || (worker == 0 && IsBesideBusy);          // it wakes who tends the node
            if (isBusy || hasNews || _node.Shards[worker].HeldFrames > 0) _workers[worker].Doorbell.Ring();
        }
    }

    private bool IsBesideBusy
    {
        get
        {
            foreach (BesideBreath beside in _beside)
            {
                if (beside.HasWork) return true;
            }

            return false;
        }
    }

    private TableReplica ShareTables(KeyedRandom key)
    {
        int stream = StreamOf(SyncBeside.Tables);
        return new TableReplica(_node.TableLedger, stream, _journals[OwnerOf(stream)], key)
        {
            Leads = () => Streams.IsLeader,
            Follows = () => Streams.IsOpenFor(stream) && !Streams.IsLeader,
            MayPeerLack = () => Streams.MayPeerLack,
        };
    }

    private NeighbourReplica ShareNeighbours(KeyedRandom key)
    {
        int stream = StreamOf(SyncBeside.Neighbours);
        return new NeighbourReplica(
            _node.Neighbours, stream, _journals[OwnerOf(stream)], key, () => Streams.IsLeader, () => Streams.MayPeerLack,
            () => Streams.IsOpenFor(stream));
    }

    private BesideBreath Share(SyncBeside what, IStreamBeside replica, Doorbell sender)
    {
        int stream = StreamOf(what), owner = OwnerOf(stream);
        var buckets = new SyncBuckets(owner, Streams, _journals[owner], _inboxes[owner], replica, asked => OwnerOf(asked) == owner);
        return new BesideBreath(stream, Streams, buckets, replica, _journals[owner], sender);
    }

    private static long RefusedOf(SyncOutcomes outcomes) =>
        outcomes[FlowAdoption.Full] + outcomes[FlowAdoption.Malformed] + outcomes[FlowAdoption.UnknownVersion];

    /// <summary>Behind those of the buckets.</summary>
    private int StreamOf(SyncBeside what) => Streams.Buckets + (int)what;

    /// <summary>From any thread. The node's rules change at once, whoever still shares by the former ones.</summary>
    private int OwnerOf(int stream)
    {
        if (stream >= Streams.Buckets) return _workers.Length + stream - Streams.Buckets;
        SteeringRules rules = _node.Steering;
        return HasStreamsOf(rules) ? rules.Table.OwnerOf((ushort)stream) : SyncStreams.Nobody;
    }

    /// <summary>Moves of buckets keep the hash as it is; each swap brings another, though it be of the same key as one before.</summary>
    private bool HasStreamsOf(SteeringRules rules) => ReferenceEquals(rules.Hash, _steering.Hash);

    /// <summary>Never 0, and the same where flows find the same buckets.</summary>
    private static ulong DigestOf(SteeringRules rules)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData([.. rules.Hash.Key.Bytes, rules.Symmetric ? (byte)1 : (byte)0, (byte)((int)rules.Types >> 8)], digest);
        return BinaryPrimitives.ReadUInt64BigEndian(digest) | 1;
    }
}
