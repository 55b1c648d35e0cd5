using SharpPcap.LibPcap;

namespace Appliance.Ports.SharpPcap;

/// <summary>A device that says what a worker can sleep on.</summary>
internal sealed class SelectableDevice(PcapInterface device) : LibPcapLiveDevice(device)
{
    /// <summary>-1 where the system has none; open only.</summary>
    public int Descriptor => FileDescriptor;
}
