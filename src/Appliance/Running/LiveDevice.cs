using Appliance.Engine;
using Appliance.Ports.Linux;

namespace Appliance.Running;

/// <summary>An open device: the port that workers have queues of, and the way of its control traffic.</summary>
internal sealed record LiveDevice(IPort Port, IControlChannel Wire) : IDisposable
{
    /// <summary>When no worker has a queue any more. The wire may be closed before.</summary>
    public void Dispose()
    {
        Wire.Dispose();
        Port.Dispose();
    }
}
