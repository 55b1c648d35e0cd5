using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Running;

/// <summary>A physical port of the configuration in force, and its device as long as there is one.</summary>
internal sealed class LivePort(PortModel model, LiveDevice device)
{
    public PortModel Model { get; set; } = model;

    public PortId Id => new((ushort)Model.Index);

    /// <summary>Null: the device is gone.</summary>
    public LiveDevice? Device { get; private set; } = device;

    /// <summary>What its device is, or was when it was last there.</summary>
    public PortLink Link { get; private set; } = PortLink.Of(device.Port);

    public bool IsUp { get; private set; } = device.Port.Link == LinkState.Up;

    /// <summary>When to try again to open a device that cannot be had.</summary>
    public MonotonicTime NextTry { get; set; }

    public void Come(LiveDevice device)
    {
        Device = device;
        IsUp = device.Port.Link == LinkState.Up;
        Link = PortLink.Of(device.Port);
    }

    /// <summary>Whether its device has become another (MAC, MTU) while it was open.</summary>
    public bool TryRefresh()
    {
        PortLink now = PortLink.Of(Device!.Port);
        if (now == Link) return false;
        Link = now;
        return true;
    }

    /// <summary>Whether its link has come up or gone down.</summary>
    public bool TryRefreshLink()
    {
        bool isUp = Device!.Port.Link == LinkState.Up;
        if (isUp == IsUp) return false;
        IsUp = isUp;
        return true;
    }

    public LiveDevice Go()
    {
        LiveDevice gone = Device ?? throw new InvalidOperationException($"Port {Model.Name} has no device that could go.");
        Device = null;
        return gone;
    }
}
