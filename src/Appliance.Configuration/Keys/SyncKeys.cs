using Appliance.Wire.Ip;

namespace Appliance.Configuration.Keys;

internal static class SyncKeys
{
    public static readonly ScalarKey<string> Port = new("port", Kinds.PortReference) { IsRequired = true };
    public static readonly ScalarKey<IpAddress> Peer = new("peer", Kinds.Address) { IsRequired = true };
    public static readonly ScalarKey<string> KeyFile = new("key-file", Kinds.File) { IsRequired = true };
    public static readonly ScalarKey<int> Heartbeat = new("heartbeat-milliseconds", new NumberKind(1, 1000));
    public static readonly ScalarKey<int> Detect = new("detect-milliseconds", new NumberKind(2, 60_000));
    public static readonly ScalarKey<int> HoldNewFlows = new("hold-new-flows-milliseconds", new NumberKind(0, 1000));

    public static readonly Section Section = new("the sync lane", Port, Peer, KeyFile, Heartbeat, Detect, HoldNewFlows);
}
