using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Failover;

/// <summary>From where to where a message of the lane goes; both addresses of one family.</summary>
public readonly record struct LaneAddresses(MacAddress SourceMac, MacAddress DestinationMac, IpAddress Source, IpAddress Destination);
