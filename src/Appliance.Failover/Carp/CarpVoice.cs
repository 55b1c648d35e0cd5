using Appliance.Engine;
using Appliance.Wire.Carp;
using Appliance.Wire.Ip;

namespace Appliance.Failover;

/// <summary>How a group speaks: with which proofs and counters, to whom, and what it asks of the data plane.</summary>
internal sealed class CarpVoice
{
    private readonly CarpGroup _group;
    private readonly CarpShared _shared;
    private CarpCounter _counter;

    public CarpVoice(CarpGroup group, CarpShared shared)
    {
        (_group, _shared) = (group, shared);
        Proofs = new CarpProofs(group.Settings);
        _counter = new CarpCounter(shared.Random, ((ulong)group.Settings.Port.Index << 8) | group.Settings.Vhid, shared.GroupsGone);
    }

    public CarpProofs Proofs { get; }

    public ulong NextCounter
    {
        get
        {
            _counter.StartCounting();
            return _counter.Last + 1;
        }
    }

    private bool TellsCounters => _shared.Settings.Trust == CarpTrust.AnnouncedCounters;

    /// <summary>A counter was heard; who told its own beforehand goes on with those.</summary>
    public void Follow(ulong heard)
    {
        if (!TellsCounters) _counter.Follow(heard);
    }

    /// <summary>One advertisement for each family and, while the group changes, for each of its proofs.</summary>
    public void Advertise(CarpInterval interval, MonotonicTime now)
    {
        CarpGroupSettings settings = _group.Settings;
        if (TellsCounters) _counter.StartCounting();
        if (settings.HasIpv4) Advertise(interval, settings.PeerIpv4 ?? CarpAddresses.Ipv4Group, now);
        if (settings.HasIpv6) Advertise(interval, settings.PeerIpv6 ?? CarpAddresses.Ipv6Group, now);
    }

    public void Announce(IpAddress address) =>
        _shared.Actions.Add(new CarpAction { Kind = CarpActionKind.SendAnnouncement, Group = _group, Address = address });

    public void ShowPort(IpAddress own) =>
        _shared.Actions.Add(new CarpAction { Kind = CarpActionKind.ShowPort, Group = _group, Address = own });

    public void Ask(CarpActionKind kind, CarpEvent cause) =>
        _shared.Actions.Add(new CarpAction { Kind = kind, Group = _group, Cause = cause });

    private void Advertise(CarpInterval interval, IpAddress destination, MonotonicTime now)
    {
        foreach (CarpHmac former in Proofs.Former(now)) Advertise(interval, destination, former);
        Advertise(interval, destination, Proofs.Current);
    }

    private void Advertise(CarpInterval interval, IpAddress destination, CarpHmac proof)
    {
        if (destination.IsV6) _shared.Statistics.SentIpv6++;
        else _shared.Statistics.SentIpv4++;
        CarpGroupSettings settings = _group.Settings;
        bool tellsDemotion = settings.Neighbours == CarpNeighbours.OpenBsd;
        _shared.Actions.Add(new CarpAction
        {
            Kind = CarpActionKind.SendAdvertisement,
            Group = _group,
            Address = destination,
            Proof = proof,
            Advertisement = new CarpFields(settings.Vhid, interval.BaseSeconds, interval.Skew, _counter.Next())
            {
                Demotion = tellsDemotion ? CarpOrder.DemotionByte(_shared.Ledger.Total) : (byte)0,
            },
        });
    }
}
