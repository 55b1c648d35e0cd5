using Appliance.Engine;
using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Groups;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// Tells each link which groups its port listens to, so that switches that look (RFC 4541) deliver them: the solicited-node groups of all
/// own IPv6 addresses (RFC 4862 §5.4.2), and CARP's where addresses are shared. The listener's side of MLD (RFC 9777) and IGMP (RFC 9776),
/// for whole groups; who is on the link and understands only an older version is spoken to in that. IGMP's first version is spoken to in
/// the second. What daemons of the host listen to, the host tells itself.
/// </summary>
internal sealed class GroupReports(KeyedRandom random, ControlSpeaker speaker, AddressClaims claims)
{
    /// <summary>Nanoseconds until what is told again is told again, at most (RFC 9777 §9.11).</summary>
    public const long UnsolicitedInterval = 1_000_000_000;

    /// <summary>Nanoseconds for which an older version is spoken after it was heard (§9.12, with the values that all begin with).</summary>
    public const long OldVersionTimeout = 260_000_000_000;

    private const int Robustness = 2;                                   // §9.1: times that a change is told
    private const int RecordsAtOnce = 60;                               // with all headers under 1280 bytes

    private static readonly Ipv6Address AllMldRouters = Ipv6Address.Read(Link(0x16)), AllRouters = Ipv6Address.Read(Link(2));
    private static readonly Ipv4Address AllIgmpRouters = new(0xe000_0016), AllRoutersV4 = new(0xe000_0002);

    private readonly Dictionary<(int Port, bool IsV6), LinkGroups> _links = [];
    private uint _draws;
    private bool _awaitsNames;                                          // some link does

    public MonotonicTime NextDeadline { get; private set; } = MonotonicTime.Never;

    /// <summary>Takes over what is configured: groups that stay are not told anew.</summary>
    public void Adopt(NeighbourFacts facts, MonotonicTime now)
    {
        foreach ((int Port, bool IsV6) gone in _links.Keys.Where(key => key.Port >= facts.Links.Length || facts.Links[key.Port].IsNowhere))
            _links.Remove(gone);
        for (int port = 0; port < facts.Links.Length; port++)
        {
            if (facts.Links[port].IsNowhere) continue;
            foreach (bool isV6 in (ReadOnlySpan<bool>)[false, true])
            {
                LinkGroups link = LinkOf(port, isV6);
                if (link.Become(GroupsOf(facts.Links[port], isV6))) BeginToTell(link, now);
            }
        }

        Schedule();
    }

    /// <summary>The link of a port has come up: whoever is there has not heard of us.</summary>
    public void Restart(int port, MonotonicTime now)
    {
        foreach (LinkGroups link in _links.Values.Where(link => link.Port == port && link.Groups.Count > 0))
        {
            link.Restart();
            BeginToTell(link, now);
        }

        Schedule();
    }

    /// <summary>False: it is not about groups, or not to be believed.</summary>
    public bool Receive(in ControlFrame frame, Span<byte> bytes, MonotonicTime now)
    {
        Span<byte> datagram = bytes[frame.Offset..];
        bool isV6 = frame.Type == EtherType.Ipv6;
        bool isQuery = isV6 ? TryReadMld(datagram, out GroupQuery query) : TryReadIgmp(datagram, out query);
        if (!isQuery) return false;
        if (!_links.TryGetValue((frame.Port, isV6), out LinkGroups? link) || link.Groups.Count == 0) return true;
        if (query.Version < (isV6 ? 2 : 3)) link.OldUntil = now + OldVersionTimeout;
        if (query.Group.Bits != 0 && !link.Groups.Contains(query.Group)) return true;
        MonotonicTime at = now + Draw(link, Math.Max(1, query.MaxResponseMilliseconds) * 1_000_000L);
        if (at < link.AnswerAt) link.AnswerAt = at;
        Schedule();
        return true;
    }

    public void Tend(MonotonicTime now)
    {
        if (now < NextDeadline && !_awaitsNames) return;
        foreach (LinkGroups link in _links.Values)
        {
            if (link.IsUnnamed && TrySource(link, out _)) BeginToTell(link, now);
            if (link.ChangeAt <= now) TellChange(link, now);
            if (link.AnswerAt <= now) Answer(link, now);
        }

        Schedule();
    }

    private static byte[] Link(byte last) => [0xff, 2, .. new byte[13], last];

    private static HashSet<IpAddress> GroupsOf(LinkFacts facts, bool isV6)
    {
        HashSet<IpAddress> groups = [];
        if (facts.Virtual.Any(shared => shared.Address.IsV6 == isV6)) groups.Add(isV6 ? CarpAddresses.Ipv6Group : CarpAddresses.Ipv4Group);
        if (!isV6) return groups;
        groups.UnionWith(facts.Addresses.Select(own => own.Address).Concat(facts.Virtual.Select(shared => shared.Address))
            .Where(address => address.IsV6).Select(address => (IpAddress)address.V6.SolicitedNode));
        return groups;
    }

    /// <summary>RFC 9777 §6.2: from a link-local address, for one hop; the alert has been looked for by who let it pass.</summary>
    private static bool TryReadMld(Span<byte> bytes, out GroupQuery query)
    {
        query = default;
        if (!Ipv6View.TryParse(bytes, out Ipv6View ip) || ip.HopLimit != 1 || !ip.Source.IsLinkLocal) return false;
        int length = Ipv6View.HeaderLength + ip.PayloadLength;
        if (length > bytes.Length) return false;
        Span<byte> datagram = bytes[..length];
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(datagram);
        bool isWhole = chain.Outcome == Ipv6WalkOutcome.Complete && chain.FragmentHeaderCount == 0 && chain.Protocol == IpProtocol.Icmpv6;
        return isWhole && NdpDatagram.IsRight(datagram, chain.TransportOffset)
            && GroupQuery.TryParseMld(datagram[chain.TransportOffset..], out query);
    }

    private static bool TryReadIgmp(Span<byte> bytes, out GroupQuery query)
    {
        query = default;
        if (!Ipv4View.TryParse(bytes, out Ipv4View ip) || ip.Protocol != IpProtocol.Igmp || ip.MoreFragments || ip.FragmentOffsetBytes != 0)
            return false;
        return Wire.Checksums.InternetChecksum.IsValid(Wire.Checksums.InternetChecksum.Sum(ip.Payload))
            && GroupQuery.TryParseIgmp(ip.Payload, out query);
    }

    private LinkGroups LinkOf(int port, bool isV6)
    {
        if (!_links.TryGetValue((port, isV6), out LinkGroups? link)) _links.Add((port, isV6), link = new LinkGroups(port, isV6));
        return link;
    }

    private static void BeginToTell(LinkGroups link, MonotonicTime now) =>
        (link.TimesLeft, link.IsUnnamed, link.ChangeAt) = (Robustness, false, now);

    /// <summary>
    /// RFC 9777 §6.1. From no address while none is known to be ours alone, which switches hear: from the first that is, all of it is told
    /// again (RFC 3590 §4).
    /// </summary>
    private void TellChange(LinkGroups link, MonotonicTime now)
    {
        link.IsUnnamed = !TrySource(link, out IpAddress source);
        if (now < link.OldUntil)
        {
            foreach (IpAddress group in link.Joined) TellOld(link, source, group, isLeft: false);
            foreach (IpAddress group in link.Left) TellOld(link, source, group, isLeft: true);
        }
        else
        {
            Tell(link, source,
            [
                .. link.Joined.Select(group => new GroupRecord(GroupRecordType.ToExclude, group)),
                .. link.Left.Select(group => new GroupRecord(GroupRecordType.ToInclude, group)),
            ]);
        }

        link.TimesLeft--;
        link.ChangeAt = link.TimesLeft > 0 ? now + 1 + Draw(link, UnsolicitedInterval) : MonotonicTime.Never;
        if (link.TimesLeft > 0 || link.IsUnnamed) return;
        link.Joined.Clear();
        link.Left.Clear();
    }

    private void Answer(LinkGroups link, MonotonicTime now)
    {
        link.AnswerAt = MonotonicTime.Never;
        TrySource(link, out IpAddress source);
        if (now >= link.OldUntil) Tell(link, source, [.. link.Groups.Select(group => new GroupRecord(GroupRecordType.IsExclude, group))]);
        else foreach (IpAddress group in link.Groups) TellOld(link, source, group, isLeft: false);
    }

    private void Tell(LinkGroups link, IpAddress source, ReadOnlySpan<GroupRecord> records)
    {
        IpAddress routers = link.IsV6 ? AllMldRouters : AllIgmpRouters;
        for (; !records.IsEmpty; records = records[Math.Min(records.Length, RecordsAtOnce)..])
            speaker.Report(link.Port, source, routers, records[..Math.Min(records.Length, RecordsAtOnce)]);
    }

    /// <summary>RFC 2710 §5, RFC 2236 §3: to the group itself, and to routers that it is left.</summary>
    private void TellOld(LinkGroups link, IpAddress source, IpAddress group, bool isLeft)
    {
        IpAddress routers = link.IsV6 ? AllRouters : AllRoutersV4;
        speaker.ReportOld(link.Port, source, isLeft ? routers : group, group, isLeft);
    }

    /// <summary>False, and the unspecified address: there is none that may be used. MLD's is link-local (RFC 9777 §5.2.13).</summary>
    private bool TrySource(LinkGroups link, out IpAddress source)
    {
        bool isFound = claims.TryFindSource(link.Port, link.IsV6 ? AllMldRouters : AllIgmpRouters, out source);
        if (isFound && (!link.IsV6 || source.IsLinkLocal)) return true;
        source = link.IsV6 ? Ipv6Address.Any : Ipv4Address.Any;
        return false;
    }

    private long Draw(LinkGroups link, long below) =>
        (long)(random.Draw(RandomPurpose.GroupReport, (ulong)link.Port, link.IsV6 ? 6UL : 4UL, _draws++) % (ulong)below);

    private void Schedule()
    {
        (NextDeadline, _awaitsNames) = (MonotonicTime.Never, false);
        foreach (LinkGroups link in _links.Values)
        {
            _awaitsNames |= link.IsUnnamed;
            if (link.DueAt < NextDeadline) NextDeadline = link.DueAt;
        }
    }
}
