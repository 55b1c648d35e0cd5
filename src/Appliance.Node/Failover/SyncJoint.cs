using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Failover;
using Appliance.Firewall;

namespace Appliance.Node;

/// <summary>
/// Sync of a node's states, joined to its workers: a journal, an inbox and a <see cref="SyncBuckets"/> for each, and the
/// <see cref="SyncExchange"/> that failover carries. Of one lane and one number of buckets; another of either needs another joint.
/// </summary>
public sealed class SyncJoint
{
    private readonly ApplianceNode _node;
    private readonly ImmutableArray<Worker> _workers;
    private readonly ImmutableArray<SyncJournal> _journals;
    private readonly ImmutableArray<SyncInbox> _inboxes;
    private readonly ImmutableArray<SyncBuckets> _buckets;
    private readonly ImmutableArray<SyncAttachment> _attachments;
    private int _attached;                                            // workers that were written to
    private int _detached;

    /// <param name="node">Whose states they are.</param>
    /// <param name="plan">The lane that carries them.</param>
    /// <param name="creator">Of this life of this box, as likely as can be no other's.</param>
    /// <param name="sender">Who sleeps there is woken when something is to be sent.</param>
    public SyncJoint(ApplianceNode node, LanePlan plan, ushort creator, Doorbell sender)
    {
        (_node, Plan, _workers) = (node, plan, node.Workers);
        Streams = new SyncStreams(node.Steering.Table.Buckets);
        _journals = [.. _workers.Select(_ => new SyncJournal(Streams))];
        _inboxes = [.. _workers.Select(_ => new SyncInbox())];
        _buckets = [.. _workers.Select(worker => worker.Id).Select(id => new SyncBuckets(
            id, Streams, _journals[id], _inboxes[id], node.Shards[id], stream => OwnerOf(node, stream) == id))];
        var key = KeyedRandom.FromSeed(plan.NumberFor("appliance flow digests 1"u8));
        _attachments = [.. _workers.Select(worker => new SyncAttachment(
            new SyncBreath(_buckets[worker.Id], _journals[worker.Id], sender), new FlowSync(_journals[worker.Id], key, creator)))];
        var settings = new SyncSettings(plan.SyncMessageBytes) { WinsTies = plan.WinsTies };
        Exchange = new SyncExchange(settings, Streams, _journals, _inboxes, stream => OwnerOf(node, stream));
    }

    public LanePlan Plan { get; }

    public SyncStreams Streams { get; }

    /// <summary>Of the thread of failover.</summary>
    public SyncExchange Exchange { get; }

    /// <summary>By worker: how its states are shared.</summary>
    public IEnumerable<FlowSync> Flows => _attachments.Select(attachment => attachment.Flows!);

    /// <summary>By worker; to be looked at.</summary>
    public IEnumerable<SyncOutcomes> Outcomes => _buckets.Select(buckets => buckets.Outcomes);

    /// <summary>Changes that found no room in a journal.</summary>
    public long Lost => _journals.Sum(journal => journal.Lost);

    /// <summary>Writes to the workers that do not share yet; true when all do. By the thread that tends the node.</summary>
    public bool TryAttach()
    {
        while (_attached < _workers.Length && _workers[_attached].TryPost(_attachments[_attached])) _attached++;
        return _attached == _workers.Length;
    }

    /// <summary>The other way; true when none shares any more.</summary>
    public bool TryDetach()
    {
        JoinPorts();
        while (_detached < _attached && _workers[_detached].TryPost(new SyncAttachment(null, null))) _detached++;
        return _detached == _attached;
    }

    /// <summary>
    /// While neither box knows what the other does, each gives new translations ports of its own half only. By the thread of failover,
    /// whenever the lane may have changed.
    /// </summary>
    public void DividePorts()
    {
        PortHalf half = Exchange.IsOpen ? PortHalf.Whole : Plan.WinsTies ? PortHalf.Lower : PortHalf.Upper;
        if (_node.PortHalf != half) _node.PortHalf = half;
    }

    /// <summary>There is no peer to think of any more.</summary>
    public void JoinPorts() => _node.PortHalf = PortHalf.Whole;

    /// <summary>Wakes the workers for which something has come, or who may go on telling. Any thread.</summary>
    public void RingWorkers()
    {
        bool isBusy = Streams.HasWork;
        for (int worker = 0; worker < _workers.Length; worker++)
        {
            if (isBusy || !_inboxes[worker].IsEmpty) _workers[worker].Doorbell.Ring();
        }
    }

    private static int OwnerOf(ApplianceNode node, int stream) => node.Steering.Table.OwnerOf((ushort)stream);
}
