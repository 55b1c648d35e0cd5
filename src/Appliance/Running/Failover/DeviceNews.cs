using Appliance.Ports.Linux;

namespace Appliance.Running;

/// <summary>Whether any device has changed; what has is asked of the devices.</summary>
internal sealed class DeviceNews : IHostEvents
{
    private bool _hasChanged;

    /// <summary>Takes what has been announced since the last time.</summary>
    public bool Read(HostMonitor monitor)
    {
        _hasChanged = false;
        monitor.Read(this);
        return _hasChanged;
    }

    void IHostEvents.OnDevice(HostDevice device, bool isGone) => _hasChanged = true;

    void IHostEvents.OnAddress(HostAddress address, bool isGone)
    {
    }

    void IHostEvents.OnRoute(in RouteNotice route, bool isGone)
    {
    }

    void IHostEvents.OnNextHop(uint number, bool isGone)
    {
    }

    void IHostEvents.OnNeighbour(HostNeighbour neighbour, bool isGone)
    {
    }

    void IHostEvents.OnLost() => _hasChanged = true;
}
