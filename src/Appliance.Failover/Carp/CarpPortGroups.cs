using Appliance.Engine;
using Appliance.Wire.Carp;
using Appliance.Wire.Ip;

namespace Appliance.Failover;

/// <summary>The groups of one port, and the judgement of what arrives there.</summary>
internal sealed class CarpPortGroups(CarpPort port, CarpShared shared)
{
    private readonly CarpGroup?[] _byVhid = new CarpGroup?[byte.MaxValue + 1];
    private int _count;

    public CarpPort Port { get; set; } = port;

    public bool IsEmpty => _count == 0;

    public CarpGroup? this[byte vhid]
    {
        get => _byVhid[vhid];
        set
        {
            _count += (value is null ? 0 : 1) - (_byVhid[vhid] is null ? 0 : 1);
            _byVhid[vhid] = value;
        }
    }

    /// <summary>
    /// Everything that FreeBSD asks before it believes an advertisement, in its order, and what we ask beyond. Whatever is refused has
    /// changed nothing but its counter.
    /// </summary>
    public CarpRefusal Judge(in CarpEnvelope envelope, MonotonicTime now, out CarpGroup? group, out CarpAdvertisement advertisement)
    {
        (group, advertisement) = (null, default);
        if (!IsForUs(envelope.Destination)) return CarpRefusal.NotForUs;
        if (envelope.Source.IsV6) shared.Statistics.ReceivedIpv6++;
        else shared.Statistics.ReceivedIpv4++;
        if (!shared.Settings.IsAllowed) return CarpRefusal.NotAllowed;
        if (envelope.IsTruncated) return CarpRefusal.HeaderShort;
        if (envelope.Payload.Length > 0 && CarpView.VersionOf(envelope.Payload) != CarpView.CurrentVersion) return CarpRefusal.BadVersion;
        if (!CarpView.TryParse(envelope.Payload, out CarpView view)) return CarpRefusal.BadLength;
        if (!view.IsChecksumValid) return CarpRefusal.BadChecksum;
        if (IsEmpty || (view.Vhid == 0 && IsOwn(envelope.Source))) return CarpRefusal.BadInterface;
        group = _byVhid[view.Vhid];
        if (group is null || !Speaks(group.Settings, envelope.Source.IsV6)) return CarpRefusal.BadVhid;
        if (envelope.HopLimit != CarpAddresses.HopLimit && !IsToOneStation(group.Settings, envelope.Source.IsV6))
            return CarpRefusal.BadHopLimit;
        if (!group.Proofs.Verifies(view, now)) return CarpRefusal.BadAuthentication;
        if (IsOwn(envelope.Source)) return CarpRefusal.Looped;
        advertisement = CarpAdvertisement.From(envelope.Source, view);
        return group.Counters.Judge(view.Counter);
    }

    private static bool Speaks(CarpGroupSettings settings, bool isV6) => isV6 ? settings.HasIpv6 : settings.HasIpv4;

    /// <summary>With a peer configured the hop limit says nothing: the peer may be behind a router (FreeBSD 14).</summary>
    private static bool IsToOneStation(CarpGroupSettings settings, bool isV6) =>
        isV6 ? settings.PeerIpv6 is not null : settings.PeerIpv4 is not null;

    private bool IsOwn(IpAddress address) => Port.Addresses.Contains(address);

    private bool IsForUs(IpAddress destination)
    {
        if (destination == CarpAddresses.Ipv4Group || destination == CarpAddresses.Ipv6Group || IsOwn(destination)) return true;
        if (destination.IsMulticast) return false;
        foreach (CarpGroup? group in _byVhid)
        {
            if (group?.Settings.Addresses.Contains(destination) ?? false) return true;
        }

        return false;
    }
}
