using System.Collections.Immutable;
using System.Text;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Failover;
using Appliance.Wire.Carp;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>A configuration, what its secret files hold, and the ports as they are → what failover works by. Pure.</summary>
public static class FailoverPlanBuilder
{
    private const long Second = 1_000_000_000, Millisecond = 1_000_000;

    /// <summary>Of the sync link, whatever name it has on either box.</summary>
    private const uint SyncTag = 0;

    /// <summary>Null: the configuration has no pair.</summary>
    public static FailoverPlan? Build(RuntimeModel configuration, PortTable ports, PairSecrets secrets)
    {
        if (configuration.HighAvailability is not { } pair) return null;
        LanePlan? lane = pair.Sync is { } sync ? LaneOf(configuration, ports, sync, pair, secrets) : null;
        IEnumerable<int> spoken = pair.Carp.Select(group => group.PortIndex).Concat(lane?.Ports.Select(port => (int)port.Index) ?? []);
        return new FailoverPlan
        {
            Settings = SettingsOf(pair, secrets),
            Ports = [.. spoken.Distinct().Select(port => PortOf(configuration.Ports[port], ports))],
            Table = ports,
            Lane = lane,
        };
    }

    /// <summary>A number that both of a pair have and nobody else, for the key of the steering; null: there is no lane.</summary>
    public static ulong? PairSecretOf(RuntimeModel configuration, PairSecrets secrets)
    {
        if (configuration.HighAvailability?.Sync is not { } sync) return null;
        return LaneKey.TryParse(secrets[sync.KeyFile].Reveal(), out LaneKey? key) ? key.NumberFor("appliance steering 1"u8) : null;
    }

    private static CarpNodeSettings SettingsOf(HighAvailabilityModel pair, PairSecrets secrets) => new()
    {
        Groups = [.. pair.Carp.Select(group => GroupOf(group, secrets))],
        Preempts = pair.Preempt,
        PreemptHoldDownNanoseconds = pair.PreemptHoldDownSeconds * Second,
        Dscp = (byte)pair.Dscp,
        InterfaceDownDemotion = pair.InterfaceDownDemotion,
        SendErrorDemotion = pair.SendErrorDemotion,
        Trust = TrustOf(pair),
    };

    /// <summary>A counter that never changes, as OpenBSD's, is no replay.</summary>
    private static CarpTrust TrustOf(HighAvailabilityModel pair)
    {
        if (pair.Peers == PeerPolicy.Open) return CarpTrust.AnyValid;
        if (pair.Sync is not null) return CarpTrust.AnnouncedCounters;
        return pair.Carp.Any(group => group.Dialect == CarpDialect.OpenBsd) ? CarpTrust.AnyValid : CarpTrust.FreshCounters;
    }

    private static CarpGroupSettings GroupOf(CarpModel group, PairSecrets secrets)
    {
        CarpKey? key = null;
        if (secrets.PasswordOf(group) is { } password) CarpKey.TryCreate(Encoding.UTF8.GetBytes(password.Reveal()), out key);
        IpAddress? ipv4 = group.Peer is { IsV6: false } ? group.Peer : null;
        IpAddress? ipv6 = group.Peer6 ?? (group.Peer is { IsV6: true } ? group.Peer : null);
        return new CarpGroupSettings
        {
            Vhid = (byte)group.Vhid,
            Port = new PortId((ushort)group.PortIndex),
            Addresses = [.. group.Addresses.Select(address => address.Address)],
            Key = key ?? CarpKey.None,
            Interval = new CarpInterval((byte)group.AdvertisementBaseSeconds, (byte)group.AdvertisementSkew),
            PeerIpv4 = ipv4?.V4,
            PeerIpv6 = ipv6?.V6,
            Neighbours = group.Dialect switch
            {
                CarpDialect.OpenBsd => CarpNeighbours.OpenBsd,
                CarpDialect.Ucarp => CarpNeighbours.Ucarp,
                _ => CarpNeighbours.FreeBsd,
            },
            UsesPortMac = group.LinkAddress == CarpLinkAddress.Port,
        };
    }

    private static FailoverPort PortOf(PortModel port, PortTable ports)
    {
        PortFacts facts = ports[port.Index];
        IpAddress[] own = [.. port.Addresses.Select(address => address.Address)];
        IpAddress linkLocal = NodeModelsBuilder.LinkLocalOf(facts.Mac);
        var carp = new CarpPort
        {
            Id = new PortId((ushort)port.Index),
            Name = port.Name,
            Mac = facts.Mac,
            Addresses = own.Contains(linkLocal) ? [.. own] : [.. own, linkLocal],
            Link = LinkState.Down,
        };
        return new FailoverPort(carp, new PortId((ushort)facts.Physical), facts.VirtualHosts);
    }

    private static LanePlan LaneOf(
        RuntimeModel configuration, PortTable ports, SyncModel sync, HighAvailabilityModel pair, PairSecrets secrets)
    {
        IEnumerable<int> beside = pair.Carp.Select(group => group.PortIndex)
            .Where(port => port != sync.PortIndex)
            .Distinct()
            .OrderBy(port => configuration.Ports[port].Name, StringComparer.Ordinal)
            .Take(LaneSettings.MaxPaths - 1);
        ImmutableArray<PortId> paths = [.. beside.Prepend(sync.PortIndex).Select(port => new PortId((ushort)port))];
        var settings = new LaneSettings(paths.Length)
        {
            HeartbeatNanoseconds = sync.HeartbeatMilliseconds * Millisecond,
            DetectNanoseconds = sync.DetectMilliseconds * Millisecond,
        };
        int room = paths.Min(port => ports[port.Index].MtuBytes) - Ipv6View.HeaderLength;
        IpAddress own = OwnBeside(configuration.Ports[sync.PortIndex], ports, sync.Peer);
        return new LanePlan(settings, paths, sync.Peer, own, secrets[sync.KeyFile])
        {
            PathTags = [SyncTag, .. paths.Skip(1).Select(port => LanePair.TagOf(configuration.Ports[port.Index].Name))],
            HoldNanoseconds = sync.HoldNewFlowsMilliseconds * Millisecond,
            SyncMessageBytes = Math.Clamp(
                room - Lane.SyncOverhead, SyncSettings.MinMessageLength, Lane.MaxSyncMessageLength - Lane.SyncOverhead),
        };
    }

    /// <summary>The address of the port in the peer's network: the one that the peer's configuration names, in turn.</summary>
    private static IpAddress OwnBeside(PortModel port, PortTable ports, IpAddress peer)
    {
        foreach (IpPrefix own in port.Addresses)
        {
            if (own.Contains(peer)) return own.Address;
        }

        if (peer.IsLinkLocal) return NodeModelsBuilder.LinkLocalOf(ports[port.Index].Mac);
        return peer.IsV6 ? Ipv6Address.Any : Ipv4Address.Any;
    }
}
