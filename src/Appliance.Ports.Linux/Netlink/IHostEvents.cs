namespace Appliance.Ports.Linux;

/// <summary>Who is told of what changes on the host; on the thread that reads (<see cref="HostMonitor.Read"/>).</summary>
public interface IHostEvents
{
    /// <summary>A device is new, is another than it was, or is gone.</summary>
    void OnDevice(HostDevice device, bool isGone);

    void OnAddress(HostAddress address, bool isGone);

    /// <param name="route">Borrowed for the call.</param>
    void OnRoute(in RouteNotice route, bool isGone);

    /// <summary>A next hop that routes name (ip-nexthop(8)), or a group of them, is new, is another than it was, or is gone.</summary>
    void OnNextHop(uint number, bool isGone);

    void OnNeighbour(HostNeighbour neighbour, bool isGone);

    /// <summary>More changed at once than could be told: everything is to be read anew.</summary>
    void OnLost();
}
