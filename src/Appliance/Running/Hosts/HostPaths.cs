using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Management;
using Appliance.Node;
using Appliance.Wire.Ip;

namespace Appliance.Running;

/// <summary>
/// The host's ends of ports: there for each port of the configuration that has one, with the addresses and routes that it says; and what
/// the host has beyond them is learned. The control thread's.
/// <code>
///     configuration ──► ends, addresses, routes ──► host ──► addresses of daemons, routes ──► models
/// </code>
/// </summary>
/// <param name="side">Null: there is no host, and no port has an end of it.</param>
/// <param name="log">Where faults are told that stop nothing.</param>
internal sealed class HostPaths(IHostSide? side, OperatorLog log) : IControlPart, IDisposable
{
    /// <summary>Nanoseconds between two looks at what the host listens at.</summary>
    public const long ListenInterval = 1_000_000_000;

    /// <summary>Nanoseconds between a change at the host and when it counts: changes come in groups.</summary>
    public const long Patience = 20_000_000;

    /// <summary>Nanoseconds until a host that did not answer is asked again, or for an end that it refused.</summary>
    public const long RetryInterval = 1_000_000_000;

    private const int LeastIpv6Mtu = 1280;                              // RFC 8200 §5: below it a host has no IPv6 there

    private readonly Dictionary<int, HostEnd> _ends = [];               // by port
    private readonly List<(PortDetachment Detachment, HostEnd End)> _leaving = [];
    private MonotonicTime _readAt = MonotonicTime.Never;
    private PortTable _ports = new([]);
    private MonotonicTime _listenAt;
    private bool _isSettled = true;
    private readonly LearnedRoutes? _routes = side is null ? null : new LearnedRoutes(side, log);
    private readonly HashSet<int> _down = [];                           // whose port has no link
    private readonly Dictionary<int, string> _refusals = [];            // by port: why it has no end, as it was told
    private ApplianceNode? _node;
    private RuntimeModel? _asked;                                       // when ends were last looked for
    private ImmutableDictionary<int, PortLink> _links = ImmutableDictionary<int, PortLink>.Empty;
    private bool _isMissing;                                            // an end that is asked for
    private MonotonicTime _retryAt;

    public ImmutableArray<int> Descriptors { get; } = side is { EventDescriptor: >= 0 } ? [side.EventDescriptor] : [];

    public MonotonicTime NextDeadline
    {
        get
        {
            if (_leaving.Count > 0) return new MonotonicTime(long.MinValue);
            MonotonicTime next = _ends.Count > 0 && _listenAt < _readAt ? _listenAt : _readAt;
            if (_isMissing && _retryAt < next) next = _retryAt;
            return _routes is { } routes && routes.NextDeadline < next ? routes.NextDeadline : next;
        }
    }

    /// <summary>Of which the host has an end.</summary>
    public ImmutableHashSet<int> Ports => [.. _ends.Keys];

    /// <summary>What has been learned; every model in force is made with it.</summary>
    public LearnedFacts Facts { get; private set; } = LearnedFacts.None;

    /// <summary>Told when <see cref="Facts"/> or <see cref="Ports"/> have become others.</summary>
    public Action? Learned { get; set; }

    /// <summary>Whether a physical port has a device with a link: the host's ends of it have one as well.</summary>
    public Func<int, bool> IsUp { get; set; } = _ => true;

    /// <summary>The end of a port as the host sees it; null: there is none.</summary>
    public HostStatus? StatusOf(int port) => _ends.TryGetValue(port, out HostEnd? end)
        ? new HostStatus(
            end.Path.Device, !_down.Contains(port), [.. Facts.Addresses.Where(each => each.Port == port).Select(each => each.Address)])
        : null;

    /// <summary>Told at which ports the host's programs listen, now and then.</summary>
    public Action<ReservedPorts>? Listens { get; set; }

    /// <summary>
    /// Opens what the first configuration asks. Throws <see cref="PortFault"/> where a port cannot do without its end, with none left open.
    /// </summary>
    public void OpenAll(RuntimeModel asked, ImmutableDictionary<int, PortLink> links, int queues)
    {
        try
        {
            Open(asked, links, queues, isBeginning: true);
        }
        catch
        {
            Dispose();
            throw;
        }

        Furnish(asked);
    }

    public void AttachAll(ApplianceNode node)
    {
        (_node, _ports) = (node, node.Models.Ports);
        foreach (HostEnd end in _ends.Values) node.AttachHost(end.Port);
    }

    /// <summary>
    /// Another configuration is in force, or devices are others: ends go and come. What cannot be had is told, and its port stays without
    /// until it can. True: the models have to be told of <see cref="Ports"/>.
    /// </summary>
    public bool Follow(ApplianceNode node, RuntimeModel asked, ImmutableDictionary<int, PortLink> links)
    {
        SetMtus(asked, links);
        int[] gone = [.. _ends.Where(end => !IsWanted(asked, end.Key, end.Value, links)).Select(end => end.Key)];
        foreach (int port in gone) TakeAway(node, port);
        ImmutableArray<int> opened = Open(asked, links, node.Workers.Length, isBeginning: false);
        Give(node, asked, opened);
        return gone.Length > 0 || opened.Length > 0;
    }

    public void Step(MonotonicTime now)
    {
        bool hasClosed = CloseLeft();
        if (side is null) return;
        TryAgain(hasClosed, now);
        if (now >= _listenAt && _ends.Count > 0)
        {
            _listenAt = now + ListenInterval;
            if (Ask(side.ReadListening) is { } listening) Listens?.Invoke(listening);
        }

        if (side.ReadEvents() || !_isSettled) _readAt = _readAt < now + Patience ? _readAt : now + Patience;
        _isSettled = true;
        FollowLinks();
        if (_node is { } node) _routes!.Step(node, _ends, now);
        if (now < _readAt) return;
        LearnedFacts? facts = Ask(() => side.Read(_ends));
        _readAt = facts is null ? now + RetryInterval : MonotonicTime.Never;
        if (facts is null || facts.Equals(Facts)) return;
        foreach ((int port, IpPrefix address) in facts.Addresses.Except(Facts.Addresses)) Tell(port, $"the host has {address}");
        foreach ((int port, IpPrefix address) in Facts.Addresses.Except(facts.Addresses)) Tell(port, $"the host has {address} no more");
        Facts = facts;
        Learned?.Invoke();
    }

    /// <summary>When the workers have no threads any more, and the devices are the host's again.</summary>
    public void Dispose()
    {
        foreach ((_, HostEnd end) in _leaving) Close(end);
        foreach (HostEnd end in _ends.Values) Close(end);
        _leaving.Clear();
        _ends.Clear();
    }

    private static bool IsWanted(RuntimeModel asked, int port, HostEnd end, ImmutableDictionary<int, PortLink> links) =>
        port < asked.Ports.Length && asked.Ports[port].HostPath?.Device == end.Path.Device && LinkOf(asked, port, links) == end.Link;

    /// <summary>Of the port, or of the port that carries it. Null: it has had no device yet.</summary>
    private static PortLink? LinkOf(RuntimeModel asked, int port, ImmutableDictionary<int, PortLink> links)
    {
        int physical = port;
        while (asked.Ports[physical].ParentIndex is { } parent) physical = parent;
        if (!links.TryGetValue(physical, out PortLink link)) return null;
        return link with { MtuBytes = Math.Min(link.MtuBytes, asked.Ports[port].MtuBytes) };
    }

    /// <summary>Where only the MTU is another, the end stays and gets it, too: what the host has there it keeps.</summary>
    private void SetMtus(RuntimeModel asked, ImmutableDictionary<int, PortLink> links)
    {
        foreach ((int port, HostEnd end) in _ends.ToArray())
        {
            if (port >= asked.Ports.Length || LinkOf(asked, port, links) is not { } link || link == end.Link) continue;
            bool hadIpv6 = end.Link.MtuBytes >= LeastIpv6Mtu, hasIpv6 = link.MtuBytes >= LeastIpv6Mtu;
            if (link.Mac == end.Link.Mac && hadIpv6 == hasIpv6 && side!.TrySetMtu(end, link.MtuBytes))
                _ends[port] = end with { Link = link };
        }
    }

    /// <summary>For ends that were refused, or that had to wait until one of their name was closed.</summary>
    private void TryAgain(bool hasClosed, MonotonicTime now)
    {
        if (_isMissing && !hasClosed && now < _retryAt) return;
        _retryAt = now + RetryInterval;
        if (!_isMissing || _node is not { } node) return;
        ImmutableArray<int> opened = Open(_asked!, _links, node.Workers.Length, isBeginning: false);
        if (opened.IsEmpty) return;
        Give(node, _asked!, opened);
        Learned?.Invoke();
    }

    private void Give(ApplianceNode node, RuntimeModel asked, ImmutableArray<int> opened)
    {
        Furnish(asked);
        _ports = node.Models.Ports;
        foreach (int port in opened) node.AttachHost(_ends[port].Port);
    }

    /// <summary>
    /// Opens what is asked for and not there. A device of a name that an end on its way out still has is not opened yet: a TAP with one
    /// queue is busy until then, and one with several would be made of old and new ones.
    /// </summary>
    private ImmutableArray<int> Open(RuntimeModel asked, ImmutableDictionary<int, PortLink> links, int queues, bool isBeginning)
    {
        (_asked, _links, _isMissing) = (asked, links, false);
        HashSet<string> held = [.. _leaving.Select(left => left.End.Path.Device)];
        ImmutableArray<int>.Builder opened = ImmutableArray.CreateBuilder<int>();
        foreach (PortModel port in asked.Ports)
        {
            if (side is null || port.HostPath is not { } path || _ends.ContainsKey(port.Index)) continue;
            if (LinkOf(asked, port.Index, links) is not { } link) continue;
            _isMissing |= held.Contains(path.Device);
            if (held.Contains(path.Device)) continue;
            try
            {
                _ends.Add(port.Index, side.Open(port, link, queues));
                opened.Add(port.Index);
                if (_refusals.Remove(port.Index)) log.SayOften(port.Name, $"port {port.Name}: its host path {path.Device} is there now");
            }
            catch (PortFault fault) when (!isBeginning || !path.IsAsked)
            {
                _isMissing = true;
                Refused(port, path.IsAsked ? fault.Message : $"warning: {fault.Message}; what is for the host itself ends here");
            }
        }

        _isSettled &= opened.Count == 0;
        return opened.DrainToImmutable();
    }

    /// <summary>Told once, however often it is tried again.</summary>
    private void Refused(PortModel port, string why)
    {
        if (_refusals.GetValueOrDefault(port.Index) != why) log.SayOften(port.Name, why);
        _refusals[port.Index] = why;
    }

    /// <summary>Null: the host does not answer, which is told. What is known of it stays.</summary>
    private T? Ask<T>(Func<T> question) where T : class
    {
        try
        {
            return question();
        }
        catch (IOException failure)
        {
            log.SayOften("hosts", $"what the host has cannot be read: {failure.Message}");
            return null;
        }
    }

    private void Tell(int port, string what)
    {
        if (_ends.TryGetValue(port, out HostEnd? end)) log.SayOften(end.Port.Name, $"port {end.Port.Name}: {what}");
    }

    private void Furnish(RuntimeModel asked)
    {
        if (side is null) return;
        foreach (string fault in side.Furnish(asked, _ends)) log.Say($"warning: {fault}");
    }

    private void FollowLinks()
    {
        foreach ((int port, HostEnd end) in _ends)
        {
            bool isUp = IsUp(_ports[port].Physical);
            if (isUp ? _down.Remove(port) : _down.Add(port)) side!.SetCarrier(end, isUp);
        }
    }

    private void TakeAway(ApplianceNode node, int port)
    {
        _down.Remove(port);
        HostEnd gone = _ends[port];
        _ends.Remove(port);
        GiveBack(gone);                                                 // before another end of the port takes it
        _leaving.Add((node.DetachHost(new PortId((ushort)port)), gone with { TakenOver = null }));
    }

    /// <summary>Whether any could be closed.</summary>
    private bool CloseLeft()
    {
        int before = _leaving.Count;
        for (int i = _leaving.Count - 1; i >= 0; i--)
        {
            if (!_leaving[i].Detachment.IsDone) continue;
            Close(_leaving[i].End);
            _leaving.RemoveAt(i);
        }

        return _leaving.Count < before;
    }

    private void Close(HostEnd end)
    {
        GiveBack(end);
        end.Dispose();
    }

    private void GiveBack(HostEnd end)
    {
        foreach (string fault in side!.GiveBack(end)) log.Say(fault);
    }
}
