using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// The control side of neighbour resolution: ARP and IPv6 neighbour discovery for all live ports, and the groups that they need, without
/// I/O. By one thread at a time.
/// <code>
///   frames of ARP and NDP ──► OnFrame ─┐                          ┌─► IControlSender
///   questions of workers ─────────────►├─ claims, neighbours ─────┤
///   time ────────────────────► Tend ───┘                          └─► cells, which workers read
/// </code>
/// </summary>
public sealed class NeighbourControl
{
    private readonly NeighbourExchange _exchange;
    private readonly NeighbourNotices _notices = new();
    private readonly ControlSpeaker _speaker = new();
    private readonly AddressClaims _claims;
    private readonly GroupReports? _groups;
    private readonly NeighbourResolver _neighbours;
    private readonly ArpReader _arp;
    private readonly NdpReader _ndp;
    private NeighbourFacts _facts;

    /// <param name="exchange">With the workers.</param>
    /// <param name="options">How.</param>
    /// <param name="facts">What it begins with.</param>
    /// <param name="wake">Told which workers, a bit each, wait for what is known now: they may sleep.</param>
    public NeighbourControl(NeighbourExchange exchange, NeighbourOptions options, NeighbourFacts facts, Action<ulong> wake)
    {
        (_exchange, _facts) = (exchange, facts);
        _speaker.Facts = facts;
        _claims = new AddressClaims(options, exchange.Random, _speaker, _notices);
        _groups = options.ReportsGroups ? new GroupReports(exchange.Random, _speaker, _claims) : null;
        _neighbours = new NeighbourResolver(exchange, _speaker, _claims, _notices, wake, new MonotonicTime(0));
        _arp = new ArpReader(_claims, _neighbours, _speaker);
        _ndp = new NdpReader(_claims, _neighbours, _speaker);
    }

    /// <summary>Whether it speaks: before <see cref="Start"/> nothing is sent, and no address is answered for.</summary>
    public bool IsStarted => _speaker.Sender is not null;

    /// <summary>
    /// Whether a worker has asked something since the last <see cref="Tend"/>: from any thread, to wake the one that tends.
    /// </summary>
    public bool HasQuestions
    {
        get
        {
            for (int worker = 0; worker < _exchange.Workers; worker++)
            {
                if (_exchange.QuestionsOf(worker).Count > 0) return true;
            }

            return false;
        }
    }

    /// <summary>When to tend at the latest, questions apart.</summary>
    public MonotonicTime NextDeadline
    {
        get
        {
            MonotonicTime next = _claims.NextDeadline < _neighbours.NextDeadline ? _claims.NextDeadline : _neighbours.NextDeadline;
            return _groups is { } groups && groups.NextDeadline < next ? groups.NextDeadline : next;
        }
    }

    /// <summary>Frames that came here.</summary>
    public long Received { get; private set; }

    /// <summary>
    /// Those of them that told nothing: not to be believed, or not of ARP, neighbour discovery, MLD or IGMP, or of no port of ours.
    /// </summary>
    public long Ignored { get; private set; }

    /// <summary>Frames sent.</summary>
    public long Sent => _speaker.Sent;

    /// <summary>Notices that nobody read in time.</summary>
    public long NoticesLost => _notices.Lost;

    /// <summary>Another number with each configuration, and when a link came up or went down: what is known may be gone.</summary>
    internal int FactsInForce { get; private set; }

    /// <summary>The ports are open: own addresses are checked and announced from here on.</summary>
    public void Start(IControlSender sender, MonotonicTime now)
    {
        _speaker.Sender = sender;
        _claims.Adopt(_facts, now);
        _groups?.Adopt(_facts, now);
        Tend(now);
    }

    /// <summary>Another configuration: own addresses that stay are left alone, new ones are checked and announced.</summary>
    public void Adopt(NeighbourFacts facts, MonotonicTime now)
    {
        _facts = facts;
        FactsInForce++;
        _speaker.Facts = facts;
        _neighbours.Forget(key => facts.Fixed.IsConfigured(key.Port, key.Address) || facts.Links[key.Port].IsNowhere);
        if (!IsStarted) return;
        _claims.Adopt(facts, now);
        _groups?.Adopt(facts, now);
        Tend(now);
    }

    /// <summary>
    /// The link of a physical port came up or went down. What was known on it is forgotten; when it is up, own addresses are checked and
    /// announced anew.
    /// </summary>
    public void OnLink(PortId port, bool isUp, MonotonicTime now)
    {
        for (int i = 0; i < _facts.Ports.Count; i++)
        {
            if (_facts.Ports[i].Physical != port.Index) continue;
            int link = i;
            _neighbours.Forget(key => key.Port == link);
            FactsInForce++;
            if (!isUp || !IsStarted) continue;
            _claims.Restart(link, now);
            _groups?.Restart(link, now);
        }

        Tend(now);
    }

    /// <summary>A frame of ARP, neighbour discovery, IGMP or MLD; any other is ignored.</summary>
    /// <param name="port">Physical.</param>
    /// <param name="frame">From its Ethernet header on, its tags in place, without frame check sequence; borrowed for the call.</param>
    /// <param name="now">The time.</param>
    public void OnFrame(PortId port, Span<byte> frame, MonotonicTime now)
    {
        if (!IsStarted) return;
        Received++;
        bool isBelieved = ControlFrame.TryRead(_facts.Ports, port.Index, frame, out ControlFrame read) && read.Type switch
        {
            EtherType.Arp => _arp.Receive(read.Port, frame[read.Offset..], _facts, now),
            EtherType.Ipv6 => _groups?.Receive(read, frame, now) == true || _ndp.Receive(read, frame, _facts, now),
            EtherType.Ipv4 => _groups?.Receive(read, frame, now) == true,
            _ => false,
        };
        if (!isBelieved) Ignored++;
    }

    /// <summary>Answers workers and does what is due.</summary>
    public void Tend(MonotonicTime now)
    {
        _groups?.Tend(now);                                             // whoever is asked for is to be heard
        _claims.Tend(now);
        _groups?.Tend(now);                                             // from addresses that are certain by now
        for (int worker = 0; worker < _exchange.Workers; worker++)
        {
            MessageRing<NeighbourKey> questions = _exchange.QuestionsOf(worker);
            for (int left = questions.Capacity; left > 0 && questions.TryPeek(out NeighbourKey key); left--)
            {
                questions.RemoveFirst();
                bool isAsked = key.Port < _facts.Ports.Count && !_facts.Fixed.IsConfigured(key.Port, key.Address);
                if (isAsked) _neighbours.Want(worker, key, now);
            }
        }

        _neighbours.Tend(now);
    }

    internal string NameOf(int port) => _facts.Ports[port].Name;

    /// <summary>False: there is no such port here now.</summary>
    internal bool TryFindPort(string name, out ushort port)
    {
        for (port = 0; port < _facts.Ports.Count; port++)
        {
            if (_facts.Ports[port].Name == name && !_facts.Links[port].IsNowhere) return true;
        }

        return false;
    }

    /// <summary>Neighbours that frames went to, and that were heard here.</summary>
    internal IEnumerable<NeighbourKey> OwnKeys() => _neighbours.Entries.Where(entry => entry.OwnMac is not null).Select(entry => entry.Key);

    internal MacAddress? FindOwn(in NeighbourKey key) => _neighbours.FindOwn(key);

    /// <summary>The peer of a pair knows a neighbour. What is configured, and what is this box itself, it need not be told.</summary>
    internal void BeTold(in NeighbourKey key, MacAddress mac, MonotonicTime now)
    {
        IpAddress address = key.Address;
        LinkFacts link = _facts.Links[key.Port];
        bool isOurs = link.Addresses.Any(own => own.Address == address) || link.Virtual.Any(own => own.Address == address);
        if (!isOurs && _facts.IsOnLink(key.Port, address) && !_facts.Fixed.IsConfigured(key.Port, address))
            _neighbours.BeTold(key, mac, now);
    }

    internal void Untell(in NeighbourKey key) => _neighbours.Untell(key);

    internal void Keep(in NeighbourKey key, MonotonicTime now) => _neighbours.Keep(key, now);

    internal void Watch(INeighbourObserver observer) => _neighbours.Watch(observer);

    internal void ForgetPeer() => _neighbours.ForgetPeer();

    /// <summary>Hands out what has happened since the last time, in order; answers how much.</summary>
    public int ReadNotices(Action<NeighbourNotice> sink)
    {
        int read = 0;
        for (; _notices.TryTake(out NeighbourNotice notice); read++) sink(notice);
        return read;
    }

    /// <summary>All neighbours, those that are configured among them, by port and address.</summary>
    public ImmutableArray<NeighbourRow> ReadNeighbours() =>
    [
        .. _neighbours.Entries.Select(entry => new NeighbourRow(
                entry.Key.Port, entry.Key.Address, entry.State, entry.WasKnown ? entry.Mac : null, IsFixed: false, entry.IsRouter,
                entry.WasConfirmed ? entry.ConfirmedAt : null, entry.Since))
            .Concat(_facts.Fixed.Configured.Select(known => new NeighbourRow(
                known.Port, known.Address, NeighbourState.Reachable, known.Mac, IsFixed: true, IsRouter: false, null, default)))
            .OrderBy(row => row.Port).ThenBy(row => row.Address.IsV6).ThenBy(row => row.Address.Bits),
    ];

    /// <summary>All own addresses, by port and address.</summary>
    public ImmutableArray<OwnAddressRow> ReadOwnAddresses() =>
    [
        .. _claims.Claims.Select(claim => new OwnAddressRow(claim.Port, claim.Address, claim.State, claim.IsVirtual))
            .OrderBy(row => row.Port).ThenBy(row => row.Address.IsV6).ThenBy(row => row.Address.Bits),
    ];
}
