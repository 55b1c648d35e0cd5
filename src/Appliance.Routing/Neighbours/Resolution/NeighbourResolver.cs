using System.Diagnostics.CodeAnalysis;
using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// Drives the entries through their states: what happened, what that means, what is sent, what workers see. Without I/O: it is told the
/// time and says when it wants to be told again.
/// </summary>
internal sealed class NeighbourResolver
{
    /// <summary>Timers that one call fires, at most; the rest is due at once.</summary>
    private const int MaxSteps = 4096;

    private readonly NeighbourCells _cells;
    private readonly KeyedRandom _random;
    private readonly ControlSpeaker _speaker;
    private readonly AddressClaims _claims;
    private readonly NeighbourNotices _notices;
    private readonly Action<ulong> _wake;
    private readonly NeighbourCache _cache;
    private readonly TimerWheel<Links> _timers;

    private readonly struct Links(TimerLink[] links) : ITimerLinks
    {
        public ref TimerLink this[int item] => ref links[item];
    }

    /// <param name="wake">Told, by a bit each, which workers waited for what is known now.</param>
    public NeighbourResolver(
        NeighbourExchange exchange, ControlSpeaker speaker, AddressClaims claims, NeighbourNotices notices, Action<ulong> wake,
        MonotonicTime now)
    {
        (_cells, _random) = (exchange.Cells, exchange.Random);
        (_speaker, _claims, _notices, _wake) = (speaker, claims, notices, wake);
        _cache = new NeighbourCache(exchange.Limits, _cells);
        _timers = new TimerWheel<Links>(new Links(new TimerLink[_cells.Capacity + 1]), now);
    }

    public MonotonicTime NextDeadline => _timers.NextDeadline;

    /// <summary>Null: nobody wants to know.</summary>
    public INeighbourObserver? Observer { get; private set; }

    public IEnumerable<NeighbourEntry> Entries => _cache.Entries;

    /// <summary>What its own wire has told of a neighbour that frames went to; null: nothing.</summary>
    public MacAddress? FindOwn(in NeighbourKey key) => _cache.Find(key)?.OwnMac;

    public NeighbourState StateOf(in NeighbourKey key) => _cache.Find(key)?.State ?? NeighbourState.Vacant;

    /// <summary>A worker has a frame for a neighbour that it does not know, or that is not known to be there.</summary>
    public void Want(int worker, in NeighbourKey key, MonotonicTime now)
    {
        NeighbourEntry? entry = _cache.Find(key);
        if (entry is null && !TryCreate(key, NeighbourEvent.Wanted, now, out entry)) return;
        entry.AskedBy |= 1UL << worker;
        entry.WasUsed = true;
        Happen(entry, NeighbourEvent.Wanted, default, now);

        if (entry.State == NeighbourState.Incomplete) return;
        _cells.Announce();                                              // it was known before the question came: who waits looks again
        Wake(entry);
    }

    /// <summary>A message about a neighbour; null: it tells no MAC address.</summary>
    /// <param name="hears">What has happened, by whether the MAC address is the one that is known.</param>
    public void Hear(in NeighbourKey key, MacAddress? mac, Func<bool, NeighbourEvent> hears, MonotonicTime now, bool? isRouter = null)
    {
        NeighbourEntry? entry = _cache.Find(key);
        bool isSame = mac is null || (entry is { WasKnown: true } && !IsNothing(entry.State) && entry.Mac == mac);
        NeighbourEvent happened = hears(isSame);
        if (entry is null && !TryCreate(key, happened, now, out entry)) return;
        bool isDoubted = happened is NeighbourEvent.SolicitedOther or NeighbourEvent.UnsolicitedOther && !IsNothing(entry.State);
        if (isRouter is { } says && !isDoubted) entry.IsRouter = says;
        Happen(entry, happened, mac ?? default, now);
    }

    /// <summary>The peer of a pair knows a neighbour: so does this box, unless it knows better.</summary>
    public void BeTold(in NeighbourKey key, MacAddress mac, MonotonicTime now)
    {
        NeighbourEntry? entry = _cache.Find(key);
        if (entry is { State: NeighbourState.Stale, OwnMac: { } own } && own == mac) return;
        if (entry is null && !TryCreate(key, NeighbourEvent.Told, now, out entry)) return;
        Happen(entry, NeighbourEvent.Told, mac, now);
    }

    /// <summary>The peer knows it no more: so does this box, unless it uses it.</summary>
    public void Untell(in NeighbourKey key)
    {
        if (_cache.Find(key) is { IsTold: true, State: NeighbourState.Stale } entry) Remove(entry);
    }

    /// <summary>It is shown what is known now, and all that changes from here on.</summary>
    public void Watch(INeighbourObserver observer)
    {
        Observer = observer;
        foreach (NeighbourEntry entry in _cache.Entries) Show(entry);
    }

    /// <summary>
    /// The peer does not see it any more, and has not found it gone: if it is known here, whether from the peer or as a stranger, it is
    /// this box's own from here on.
    /// </summary>
    public void Keep(in NeighbourKey key, MonotonicTime now)
    {
        if (_cache.Find(key) is not { OwnMac: null } entry || IsNothing(entry.State)) return;
        (entry.IsTold, entry.WasUsed) = (false, true);
        if (entry.State == NeighbourState.Stale)
        {
            _cache.Place(entry);
            _timers.Cancel(entry.Cell);
            _timers.Schedule(entry.Cell, now + NeighbourTimes.StaleLifetime);
        }

        Show(entry);
    }

    /// <summary>There is no peer any more: what it has told is as if it had been heard, and nobody watches.</summary>
    public void ForgetPeer()
    {
        Observer = null;
        foreach (NeighbourEntry entry in _cache.Entries) (entry.IsTold, entry.Shown) = (false, null);
    }

    public void Tend(MonotonicTime now)
    {
        int steps = MaxSteps;
        while (_timers.TryTake(now, ref steps, out int cell)) Fire(_cache[cell], now);
    }

    /// <summary>Forgets entries: those that are configured now, or whose link is down. That says nothing of the neighbours.</summary>
    public void Forget(Func<NeighbourKey, bool> isMeant)
    {
        foreach (NeighbourEntry entry in _cache.Entries.Where(entry => isMeant(entry.Key)).ToArray())
        {
            if (entry.Shown is not null) Observer?.OnUnseen(entry.Key);
            Remove(entry);
        }
    }

    /// <summary>Whether nobody's address is known in a state.</summary>
    private static bool IsNothing(NeighbourState state) => state == NeighbourState.Vacant || NeighbourCache.IsUnknown(state);

    private void Fire(NeighbourEntry entry, MonotonicTime now)
    {
        if (entry is { State: NeighbourState.Stale, OwnMac: null } && Observer?.FindPeers(entry.Key) is { } peers)
        {
            Happen(entry, NeighbourEvent.Told, peers, now);             // it may be in use there; the peer says when it is no more
            return;
        }

        int most = entry.State == NeighbourState.Probe ? NeighbourTimes.MaxUnicastSolicit : NeighbourTimes.MaxMulticastSolicit;
        bool isAsking = entry.State is NeighbourState.Incomplete or NeighbourState.Probe;
        Happen(entry, isAsking && entry.Asked >= most ? NeighbourEvent.GivenUp : NeighbourEvent.TimerFired, default, now);
    }

    private void Happen(NeighbourEntry entry, NeighbourEvent happened, MacAddress mac, MonotonicTime now)
    {
        Move(entry, happened, mac, now);
        Show(entry);
    }

    private void Show(NeighbourEntry entry)
    {
        if (Observer is not { } observer || entry.OwnMac == entry.Shown) return;
        entry.Shown = entry.OwnMac;
        observer.OnChange(entry.Key);
    }

    private void Move(NeighbourEntry entry, NeighbourEvent happened, MacAddress mac, MonotonicTime now)
    {
        NeighbourStep step = NeighbourTransitions.Find(entry.State, happened);
        if (step.State == NeighbourState.Vacant)
        {
            Vacate(entry, now);
            return;
        }

        bool isNew = step.State != entry.State;
        if (isNew && !TryChangeShare(entry, step.State, now)) return;
        if ((step.Actions & NeighbourActions.NoteWanted) != NeighbourActions.None) entry.IsWanted = true;
        if ((step.Actions & NeighbourActions.Record) != NeighbourActions.None) Record(entry, mac, now);
        if (happened == NeighbourEvent.Told) entry.IsTold |= step.State == NeighbourState.Stale;
        else if (happened is not (NeighbourEvent.Wanted or NeighbourEvent.TimerFired or NeighbourEvent.GivenUp)) entry.IsTold = false;
        if (happened is NeighbourEvent.SolicitedSame or NeighbourEvent.SolicitedOverride or NeighbourEvent.SolicitedOther
            or NeighbourEvent.Confirmed && step.State == NeighbourState.Reachable)
            (entry.ConfirmedAt, entry.WasConfirmed) = (now, true);
        if (!isNew && (step.Actions & (NeighbourActions.Restart | NeighbourActions.Solicit)) == NeighbourActions.None) return;

        NeighbourState before = entry.State;
        if (isNew) Enter(entry, step.State, now);
        bool isSent = (step.Actions & NeighbourActions.Solicit) == NeighbourActions.None || TrySolicit(entry);
        _timers.Cancel(entry.Cell);
        _timers.Schedule(entry.Cell, now + (isSent ? TimeOf(entry, now) : NeighbourTimes.NoSourceRetry));
        bool isNews = IsNothing(before) != IsNothing(entry.State) || (isNew && entry.State == NeighbourState.Failed);
        _cells.Publish(entry.Cell, entry.State, IsNothing(entry.State) ? default : entry.Mac, isNews);
        if (isNew && entry.State == NeighbourState.Failed) Note(entry, NeighbourNoticeKind.Unreachable, now);
        if (isNews && entry.State != NeighbourState.Incomplete) Wake(entry);
    }

    private void Wake(NeighbourEntry entry)
    {
        _wake(entry.AskedBy);
        entry.AskedBy = 0;
    }

    private void Enter(NeighbourEntry entry, NeighbourState state, MonotonicTime now)
    {
        (entry.State, entry.Since, entry.Asked, entry.IsWanted) = (state, now, 0, false);
        _cache.Place(entry);
    }

    private void Record(NeighbourEntry entry, MacAddress mac, MonotonicTime now)
    {
        bool isOther = entry.WasKnown && entry.Mac != mac;
        bool isFirst = !entry.WasKnown;
        (entry.Mac, entry.WasKnown) = (mac, true);
        if (isFirst) Note(entry, NeighbourNoticeKind.Learned, now);
        else if (isOther) Note(entry, NeighbourNoticeKind.Moved, now);
    }

    /// <summary>
    /// Room among those known, or among those unknown, when an entry goes from one to the other. False: it has been removed.
    /// </summary>
    private bool TryChangeShare(NeighbourEntry entry, NeighbourState next, MonotonicTime now)
    {
        if (entry.State == NeighbourState.Vacant || NeighbourCache.IsUnknown(entry.State) == NeighbourCache.IsUnknown(next)) return true;
        if (TryMakeRoom(entry.Key, next, now)) return true;
        Remove(entry);
        return false;
    }

    private bool TryMakeRoom(in NeighbourKey key, NeighbourState next, MonotonicTime now)
    {
        if (!_cache.TryMakeRoom(key.Port, next, now, out NeighbourEntry? goes))
        {
            _notices.Add(new NeighbourNotice(now, NeighbourNoticeKind.Refused, key.Port, key.Address, default));
            return false;
        }

        if (goes is not null) Remove(goes);
        return true;
    }

    private bool TryCreate(
        in NeighbourKey key, NeighbourEvent happened, MonotonicTime now, [NotNullWhen(true)] out NeighbourEntry? entry)
    {
        entry = null;
        NeighbourState first = NeighbourTransitions.Find(NeighbourState.Vacant, happened).State;
        if (first == NeighbourState.Vacant || !TryMakeRoom(key, first, now)) return false;
        entry = _cache.Add(key);
        return true;
    }

    /// <summary>The end of FAILED or of STALE: gone, or asked for again at once when somebody wants it.</summary>
    private void Vacate(NeighbourEntry entry, MonotonicTime now)
    {
        if (!entry.IsWanted)
        {
            Remove(entry);
            return;
        }

        entry.State = NeighbourState.Vacant;
        Move(entry, NeighbourEvent.Wanted, default, now);
    }

    private void Remove(NeighbourEntry entry)
    {
        _timers.Cancel(entry.Cell);
        _cache.Remove(entry);
        entry.State = NeighbourState.Vacant;
        Show(entry);
    }

    private bool TrySolicit(NeighbourEntry entry)
    {
        (ushort port, IpAddress address) = entry.Key;
        if (!_claims.TryFindSource(port, address, out IpAddress source))
        {
            if (address.IsV6) return false;                             // RFC 4861 §7.2.2: from an address of the link; soon there is one
            source = Ipv4Address.Any;                                   // a probe, which every host answers (RFC 5227 §2.1.1)
        }

        entry.Asked++;
        if (entry.State == NeighbourState.Probe) _speaker.Solicit(port, address, source, entry.Mac);
        else _speaker.Solicit(port, address, source);
        return true;
    }

    private long TimeOf(NeighbourEntry entry, MonotonicTime now) => entry.State switch
    {
        NeighbourState.Incomplete or NeighbourState.Probe => NeighbourTimes.RetransTimer,
        NeighbourState.Reachable => NeighbourTimes.Reachable(_random, entry.Key.Port, now),
        NeighbourState.Delay => NeighbourTimes.DelayFirstProbe,
        NeighbourState.Failed => NeighbourTimes.FailedHold,
        _ => NeighbourTimes.StaleLifetime,
    };

    private void Note(NeighbourEntry entry, NeighbourNoticeKind kind, MonotonicTime now) =>
        _notices.Add(new NeighbourNotice(now, kind, entry.Key.Port, entry.Key.Address, entry.WasKnown ? entry.Mac : default));
}
