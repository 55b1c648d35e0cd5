using System.Text;
using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>
/// The neighbours of a box as its peer sees them, and the peer's here: each tells those that its own frames went to, and puts the other's
/// among its own as STALE, to be used at once by who takes over and looked after from then on. What a box only knows from its peer it
/// does not tell back. Of the thread of the control side.
/// <code>
///   what is heard ──► NeighbourControl ──► own book ──► the peer
///                        ▲                              (its NeighbourReplica)
///                        └──── the peer's book ◄──────── what it has heard
/// </code>
/// </summary>
/// <param name="neighbours">Null: nobody is asked or heard here, and there is nothing of its own to tell.</param>
/// <param name="stream">Its number.</param>
/// <param name="journal">Takes what is told.</param>
/// <param name="key">Of the pair's digests.</param>
/// <param name="leads">Whether this box's stream is the leader's.</param>
/// <param name="mayPeerLack">Whether the peer may lack what it once told.</param>
/// <param name="hearsPeer">Whether a peer is there that tells of its neighbours.</param>
public sealed class NeighbourReplica(
    NeighbourControl? neighbours, int stream, IFlowJournal journal, KeyedRandom key, Func<bool> leads, Func<bool> mayPeerLack,
    Func<bool> hearsPeer)
    : IStreamBeside, INeighbourObserver
{
    private const ulong LeadersPart = 0x9e37_79b9_7f4a_7c15;

    private readonly NeighbourBook _own = new(key), _peers = new(key);
    private readonly Queue<SharedNeighbour> _noted = [];
    private readonly HashSet<SharedNeighbour> _isNoted = [];
    private readonly HashSet<SharedNeighbour> _unseen = [];             // of those noted, that the peer may know better
    private readonly byte[] _record = new byte[IFlowJournal.MaxRecordBytes];
    private MonotonicTime _now;
    private MonotonicTime _heardAt;                                     // the peer
    private int _facts;                                                 // by which the peer's were put among its own
    private int _waiting;
    private long _written;

    public bool TellsOwn => true;

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Of this box; any thread.</summary>
    public int Own => _own.Count;

    /// <summary>Of the peer; any thread.</summary>
    public int Peers => _peers.Count;

    /// <summary>Neighbours that were told of as they changed.</summary>
    public long Written => Volatile.Read(ref _written);

    public void Begin()
    {
        if (neighbours is null) return;
        _facts = neighbours.FactsInForce;
        neighbours.Watch(this);
    }

    public void End()
    {
        _own.Clear();
        _peers.Clear();
        _noted.Clear();
        _isNoted.Clear();
        _unseen.Clear();
        Volatile.Write(ref _waiting, 0);
        neighbours?.ForgetPeer();
    }

    void INeighbourObserver.OnChange(in NeighbourKey key) => OnChange(key);

    void INeighbourObserver.OnUnseen(in NeighbourKey key)
    {
        var neighbour = new SharedNeighbour(neighbours!.NameOf(key.Port), key.Address);
        if (_own.TryFind(neighbour, out _)) _unseen.Add(neighbour);
    }

    MacAddress? INeighbourObserver.FindPeers(in NeighbourKey key) =>
        _peers.TryFind(new SharedNeighbour(neighbours!.NameOf(key.Port), key.Address), out MacAddress mac) ? mac : null;

    public int Tell(int most)
    {
        int told = 0;
        for (; told < most && _noted.TryDequeue(out SharedNeighbour neighbour); told++)
        {
            _isNoted.Remove(neighbour);
            Tell(neighbour);
            _unseen.Remove(neighbour);
        }

        Volatile.Write(ref _waiting, _noted.Count);
        return told;
    }

    /// <summary>
    /// Another configuration, or a link that was away, may have room for what the peer told before, and none for other things. Of a peer
    /// that has been silent for as long as a neighbour is kept nothing holds any more: what it told ages here from then on.
    /// </summary>
    public void Apply(MonotonicTime now)
    {
        _now = now;
        if (hearsPeer()) _heardAt = now;
        else if (_peers.Count > 0 && now - _heardAt >= NeighbourTimes.StaleLifetime) _peers.Clear();
        if (neighbours is null || _facts == neighbours.FactsInForce) return;
        _facts = neighbours.FactsInForce;
        foreach (SharedNeighbour own in _own.Neighbours) Note(own);
        foreach (NeighbourKey own in neighbours.OwnKeys()) OnChange(own);
        foreach (SharedNeighbour theirs in _peers.Neighbours) Use(theirs);
    }

    public bool Has(int bucket) => bucket == stream;

    public FlowAdoption Adopt(int bucket, FlowChange change, ReadOnlySpan<byte> record, MonotonicTime now)
    {
        FlowAdoption read = NeighbourRecord.Read(record, out NeighbourRecord told);
        if (read != FlowAdoption.Adopted) return read;
        (_now, _heardAt) = (now, now);
        if (change == FlowChange.Ended)
        {
            if (!_peers.Remove(told.Neighbour)) return FlowAdoption.Missing;
            if (told.IsUnseen) Keep(told.Neighbour);
            else Leave(told.Neighbour);
            return FlowAdoption.Removed;
        }

        bool isHere = _peers.TryFind(told.Neighbour, out MacAddress before);
        if (!_peers.TrySet(told)) return FlowAdoption.Full;
        if (!isHere || before != told.Mac) Use(told.Neighbour);
        return isHere ? FlowAdoption.Refreshed : FlowAdoption.Adopted;
    }

    /// <summary>Whoever forwards, neighbours stay where they are.</summary>
    public void Doubt(MonotonicTime before)
    {
    }

    public void BeginWhole(int bucket) => _peers.BeginWhole();

    /// <summary>
    /// Who has begun anew names nobody, and will want to know whom it knew before: this box keeps them, and says so before the two are
    /// compared. Who has not, and does not name one, has found it gone.
    /// </summary>
    public int EndWhole(int bucket)
    {
        List<SharedNeighbour> unnamed = _peers.EndWhole();
        bool areKept = mayPeerLack();
        foreach (SharedNeighbour neighbour in unnamed)
        {
            if (areKept) KeepAndTell(neighbour);
            else Leave(neighbour);
        }

        return unnamed.Count;
    }

    public int Export(int bucket, ref ulong cursor, Span<byte> into)
    {
        while (cursor < (ulong)_own.EverUsed)
        {
            if (_own.TryRead((int)cursor++, out NeighbourRecord record)) return record.Write(into);
        }

        return 0;
    }

    /// <summary>Of both books, and whose each is.</summary>
    public ulong DigestOf(int bucket)
    {
        (NeighbourBook leaders, NeighbourBook followers) = leads() ? (_own, _peers) : (_peers, _own);
        return (leaders.Sum * LeadersPart) + followers.Sum;
    }

    private void OnChange(in NeighbourKey key)
    {
        string name = neighbours!.NameOf(key.Port);
        if (Encoding.UTF8.GetByteCount(name) <= NeighbourRecord.MaxNameLength) Note(new SharedNeighbour(name, key.Address));
    }

    private void Note(SharedNeighbour neighbour)
    {
        if (!_isNoted.Add(neighbour)) return;
        _noted.Enqueue(neighbour);
        Volatile.Write(ref _waiting, _noted.Count);
    }

    private void Tell(in SharedNeighbour neighbour)
    {
        bool wasTold = _own.TryFind(neighbour, out MacAddress before);
        MacAddress? mac = neighbours!.TryFindPort(neighbour.Port, out ushort port)
            ? neighbours.FindOwn(new NeighbourKey(port, neighbour.Address)) : null;
        if (mac is { } known)
        {
            var record = new NeighbourRecord(neighbour, known);
            if ((!wasTold || before != known) && _own.TrySet(record)) Write(FlowChange.Made, record);
            return;
        }

        if (wasTold && _own.Remove(neighbour))
            Write(FlowChange.Ended, new NeighbourRecord(neighbour, before, IsUnseen: _unseen.Contains(neighbour)));
        if (_peers.TryFind(neighbour, out _)) Use(neighbour);           // forgotten here, and the peer knows it still
    }

    private void Write(FlowChange change, in NeighbourRecord record)
    {
        journal.TryWrite(stream, change, _record.AsSpan(0, record.Write(_record)));
        Volatile.Write(ref _written, _written + 1);
    }

    private void Use(SharedNeighbour neighbour)
    {
        bool isHere = neighbours is not null & _peers.TryFind(neighbour, out MacAddress mac);
        if (isHere && neighbours!.TryFindPort(neighbour.Port, out ushort port))
            neighbours.BeTold(new NeighbourKey(port, neighbour.Address), mac, _now);
    }

    private void Keep(SharedNeighbour neighbour)
    {
        if (neighbours is not null && neighbours.TryFindPort(neighbour.Port, out ushort port))
            neighbours.Keep(new NeighbourKey(port, neighbour.Address), _now);
    }

    private void KeepAndTell(SharedNeighbour neighbour)
    {
        Keep(neighbour);
        if (neighbours is not null) Tell(neighbour);
    }

    private void Leave(SharedNeighbour neighbour)
    {
        if (neighbours is not null && neighbours.TryFindPort(neighbour.Port, out ushort port))
            neighbours.Untell(new NeighbourKey(port, neighbour.Address));
    }
}
