using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Running;

/// <summary>A physical port of the configuration in force, and its device as long as there is one.</summary>
internal sealed class LivePort(PortModel model, IPort port)
{
    public PortModel Model { get; set; } = model;

    /// <summary>Null: the device is gone.</summary>
    public IPort? Port { get; private set; } = port;

    /// <summary>What its device is, or was when it was last there.</summary>
    public PortLink Link { get; private set; } = PortLink.Of(port);

    public MonotonicTime NextTry { get; set; }

    public void Come(IPort device)
    {
        Port = device;
        Link = PortLink.Of(device);
    }

    /// <summary>Whether its device has become another (MAC, MTU) while it was open.</summary>
    public bool TryRefresh()
    {
        PortLink now = PortLink.Of(Port!);
        if (now == Link) return false;
        Link = now;
        return true;
    }

    public IPort Go()
    {
        IPort gone = Port ?? throw new InvalidOperationException($"Port {Model.Name} has no device that could go.");
        Port = null;
        return gone;
    }
}
