using Appliance.Wire.Ip;

namespace Appliance.Configuration.Asked;

internal sealed record SyncConfig(
    Positioned<string>? Port,
    Positioned<IpAddress>? Peer,
    Positioned<string>? KeyFile,
    Positioned<int>? Heartbeat,
    Positioned<int>? Detect,
    Positioned<int>? HoldNewFlows);
