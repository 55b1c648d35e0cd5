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
            groups[i] = groups[i] with { Peer = CheckPeer(CarpKeys.Peer, groups[i].PortIndex, asked.Carp[i].Peer) };
        return new HighAvailabilityModel(
            asked.Preempt?.Value ?? false,                            // carp(4): net.inet.carp.preempt is 0
            [.. groups],
            asked.Sync is { } sync ? BuildSync(sync) : null,
            asked.Peers?.Value ?? PeerPolicy.Pair);
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
        return peer is null || keyFile is null ? null : new SyncModel(port, peer.Value, keyFile, heartbeat, detect);
    }

    private IpAddress? CheckPeer(Key key, int port, Positioned<IpAddress>? peer)
    {
        if (port == NoPort || peer is not { } written) return null;
        if (plan.WhyNoStationOn(port, written.Value) is not { } problem) return written.Value;
        errors.Add(written.Position, $"{key.Name}: {problem}");
        return null;
    }
}
