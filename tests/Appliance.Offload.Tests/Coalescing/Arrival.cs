using Appliance.Engine;

namespace Appliance.Offload.Tests.Coalescing;

/// <summary>A frame as it arrives, and what the port says of its checksum.</summary>
internal readonly record struct Arrival(byte[] Frame, int Port = CoalesceRig.Lan, ChecksumState Checksum = ChecksumState.Unknown);
