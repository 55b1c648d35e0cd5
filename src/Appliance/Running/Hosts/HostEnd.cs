using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;
using Appliance.Ports.Linux;

namespace Appliance.Running;

/// <summary>The host's end of a port, open.</summary>
/// <param name="Path">As the configuration asked for it.</param>
/// <param name="Link">Of the port, when it was opened.</param>
/// <param name="Port">The workers have queues of it.</param>
/// <param name="DeviceIndex">By which the host knows it.</param>
internal sealed record HostEnd(HostPathModel Path, PortLink Link, IPort Port, int DeviceIndex) : IDisposable
{
    /// <summary>What the host had on the port's device.</summary>
    public HostTakeOver? TakenOver { get; init; }

    /// <summary>That device, as the configuration names it: one that went and came back is another to the host.</summary>
    public string TakenFrom { get; init; } = "";

    /// <summary>When no worker has a queue any more.</summary>
    public void Dispose() => Port.Dispose();
}
