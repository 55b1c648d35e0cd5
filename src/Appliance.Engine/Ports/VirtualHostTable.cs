namespace Appliance.Engine;

/// <summary>
/// The virtual hosts of each port of a box, for as long as it runs, whatever models come and go. By one thread; what it hands out is
/// anyone's to read.
/// </summary>
public sealed class VirtualHostTable
{
    private readonly Dictionary<int, VirtualHosts> _byPort = [];

    /// <summary>Until when the box is any of them.</summary>
    public ActingLease Lease { get; } = new();

    /// <summary>Those of a port or sub-port; at first the box is none of them.</summary>
    public VirtualHosts this[int port]
    {
        get
        {
            if (!_byPort.TryGetValue(port, out VirtualHosts? hosts)) _byPort[port] = hosts = new VirtualHosts();
            return hosts;
        }
    }
}
