using Appliance.Engine;
using Appliance.Ports.Linux;

namespace Appliance.Running;

/// <summary>An open device: the port that workers have queues of, and the way of its control traffic.</summary>
internal sealed record LiveDevice(IPort Port, IControlChannel Wire) : IDisposable
{
    /// <summary>By which the machine knows it; null: it is known by what its port calls it alone.</summary>
    public int? Index { get; init; }

    /// <summary>Keeps other processes from it while it is open; null: nothing does.</summary>
    public IDisposable? Claim { get; init; }

    /// <summary>
    /// A way of its own for the traffic of failover, which is the caller's and throws <see cref="SystemCallException"/> where it cannot be
    /// had. Null: the device has none, and no virtual host can be on it.
    /// </summary>
    public Func<IControlChannel>? OpenFailoverWire { get; init; }

    /// <summary>Frames that were lost before a worker saw them. The control thread's.</summary>
    public long Missed => Wire.QueueFull + Losses.QueueFull;

    /// <summary>Frames that workers had sent and the kernel would not have. The control thread's.</summary>
    public long Refused => Losses.Refused;

    /// <summary>When no worker has a queue any more. The wire may be closed before.</summary>
    public void Dispose()
    {
        Wire.Dispose();
        Port.Dispose();
        Claim?.Dispose();
    }

    private PortLosses Losses => Port switch
    {
        AfPacketPort port => port.Losses,
        TapPort port => port.Losses,
#if WITH_SHARPPCAP
        _ => SharpPcapDevices.LossesOf(Port),
#else
        _ => default,
#endif
    };
}
