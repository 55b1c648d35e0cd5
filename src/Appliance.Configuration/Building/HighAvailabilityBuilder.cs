using Appliance.Configuration.Asked;
using Appliance.Configuration.Keys;
using Appliance.Wire.Ip;

namespace Appliance.Configuration.Building;

/// <summary>The pair as asked → the pair of the model. Virtual addresses go into the plan first: a peer must not be one of them.</summary>
internal sealed class HighAvailabilityBuilder(PortNames names, AddressPlan plan, FilePaths files, ErrorList errors)
{
    private const int NoPort = -1;

    private readonly Dictionary<(int Port, int Vhid), TextPosition> _groups = [];

    public HighAvailabilityModel Build(HighAvailabilityConfig asked)
    {
        CarpModel[] groups = [.. asked.Carp.Select(BuildGroup)];
        for (int i = 0; i < groups.Length; i++)
            groups[i] = WithPeers(groups[i], asked.Carp[i]);
        return new HighAvailabilityModel(
            asked.Preempt?.Value ?? false,                            // carp(4): net.inet.carp.preempt is 0
            [.. groups],
            asked.Sync is { } sync ? BuildSync(sync) : null,
            asked.Peers?.Value ?? PeerPolicy.Pair)
        {
            PreemptHoldDownSeconds = asked.PreemptHoldDown?.Value ?? HighAvailabilityModel.DefaultPreemptHoldDownSeconds,
            Dscp = asked.Dscp?.Value ?? HighAvailabilityModel.DefaultDscp,
            InterfaceDownDemotion = asked.InterfaceDownDemotion?.Value ?? HighAvailabilityModel.DefaultDemotion,
            SendErrorDemotion = asked.SendErrorDemotion?.Value ?? HighAvailabilityModel.DefaultDemotion,
        };
    }

    private CarpModel WithPeers(CarpModel model, CarpConfig group)
    {
        CheckUcarp(model, group);
        if (group.Peer6 is { } second && !second.Value.IsV6)
            errors.Add(second.Position, $"peer6: {second.Value} is an IPv4 address; expected an IPv6 address, or 'peer'");
        else if (group.Peer6 is not null && group.Peer is { Value.IsV6: true } first)
            errors.Add(first.Position, $"peer: {first.Value} is an IPv6 address, and so is 'peer6'; expected an IPv4 address");
        return model with
        {
            Peer = CheckPeer(CarpKeys.Peer, model.PortIndex, OfFamily(CarpKeys.Peer, model, group.Peer)),
            Peer6 = CheckPeer(CarpKeys.Peer6, model.PortIndex, OfFamily(CarpKeys.Peer6, model, group.Peer6)),
        };
    }

    /// <summary>A peer is told of addresses of its own family: without any it would hear nothing.</summary>
    private Positioned<IpAddress>? OfFamily(Key key, CarpModel model, Positioned<IpAddress>? peer)
    {
        if (peer is not { } written || model.Addresses.IsEmpty) return peer;
        if (model.Addresses.Any(address => address.Address.IsV6 == written.Value.IsV6)) return peer;
        (string family, string other) = written.Value.IsV6 ? ("IPv6", "IPv4") : ("IPv4", "IPv6");
        errors.Add(
            written.Position,
            $"{key.Name}: {written.Value} would hear nothing: the group has no {family} address; expected an {other} address");
        return null;
    }

    /// <summary>ucarp's virtual hosts are narrower than CARP's.</summary>
    private void CheckUcarp(CarpModel model, CarpConfig group)
    {
        if (group.Dialect is not { Value: CarpDialect.Ucarp } dialect) return;
        if (model.Addresses is not [{ Address.IsV6: false }] && group.Addresses.Length != 0)
            errors.Add(dialect.Position, "dialect: ucarp knows one IPv4 address for a group; expected that, or another dialect");
        foreach (Positioned<IpAddress>? peer in (Positioned<IpAddress>?[])[group.Peer, group.Peer6])
        {
            if (peer is { } written)
                errors.Add(
                    written.Position, $"peer: ucarp listens to the group only; delete {written.Value} here, or take another dialect");
        }

        if (group.Mac is { Value: CarpLinkAddress.Virtual } mac)
            errors.Add(mac.Position, "mac: with ucarp the address is at the port's own MAC address; expected 'port'");
    }

    private CarpModel BuildGroup(CarpConfig group)
    {
        int port = names.Resolve(CarpKeys.Port, group.Port) ?? NoPort;
        int vhid = group.Vhid?.Value ?? 0;
        if (port != NoPort && group.Vhid is { } written && !_groups.TryAdd((port, vhid), written.Position))
            errors.Add(written.Position,
                $"vhid: {vhid} is on the port '{group.Port!.Value.Value}' already, at {_groups[(port, vhid)]}; expected another number");
        CheckPassword(group);
        return new CarpModel
        {
            Vhid = vhid,
            PortIndex = port,
            Addresses = port == NoPort
                ? []
                : [.. group.Addresses.Where(address => plan.TryAddVirtual(port, address)).Select(address => address.Value)],
            Password = group.Password?.Value,
            PasswordFile = files.Refer(group.PasswordFile),
            AdvertisementBaseSeconds = group.Advbase?.Value ?? 1,
            AdvertisementSkew = group.Advskew?.Value ?? 0,
            LinkAddress = group.Mac?.Value ?? CarpLinkAddress.Virtual,
            Dialect = group.Dialect?.Value ?? CarpDialect.FreeBsd,
        };
    }

    private void CheckPassword(CarpConfig group)
    {
        if (group.Password is not null && group.PasswordFile is { } file)
            errors.Add(file.Position, "password-file: stands beside 'password'; keep one of the two");
        if (group.IsSound && group.Password is null && group.PasswordFile is null)
            errors.Warn(group.Position,
                $"the carp group {group.Vhid?.Value} has no password: any station on the link can take its addresses");
    }

    private SyncModel? BuildSync(SyncConfig sync)
    {
        int port = names.Resolve(SyncKeys.Port, sync.Port) ?? NoPort;
        IpAddress? peer = CheckPeer(SyncKeys.Peer, port, sync.Peer);
        int heartbeat = sync.Heartbeat?.Value ?? SyncModel.DefaultHeartbeatMilliseconds;
        int detect = sync.Detect?.Value ?? SyncModel.DefaultDetectMilliseconds;
        if (detect < 2 * heartbeat && (sync.Detect ?? sync.Heartbeat) is { } cause)
            errors.Add(cause.Position,
                $"detect-milliseconds: {detect} is less than two heartbeats of {heartbeat} ms; expected at least {2 * heartbeat}");
        FileReference? keyFile = files.Refer(sync.KeyFile);
        return peer is null || keyFile is null ? null : new SyncModel(port, peer.Value, keyFile, heartbeat, detect)
        {
            HoldNewFlowsMilliseconds = sync.HoldNewFlows?.Value ?? 0,
        };
    }

    private IpAddress? CheckPeer(Key key, int port, Positioned<IpAddress>? peer)
    {
        if (port == NoPort || peer is not { } written) return null;
        if (plan.WhyNoStationOn(port, written.Value) is not { } problem) return written.Value;
        errors.Add(written.Position, $"{key.Name}: {problem}");
        return null;
    }
}
