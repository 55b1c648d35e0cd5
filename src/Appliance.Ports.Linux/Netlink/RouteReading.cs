namespace Appliance.Ports.Linux;

/// <summary>Reads all routes of the kernel, a part at a time: a table of the Internet takes a second or two in all. One thread's.</summary>
public sealed class RouteReading : IDisposable
{
    private const string Call = "RTM_GETROUTE";

    private readonly NetlinkSocket _netlink = new(NetlinkSocket.Routing, 0, "host");

    /// <summary>To whom a route is shown, borrowed for the call.</summary>
    public delegate void OnRoute(in RouteNotice route);

    /// <summary>Begins, when no other reading goes on. Throws <see cref="SystemCallException"/>, as does the other.</summary>
    public void Begin()
    {
        var request = new NetlinkMessage();
        request.Begin(RoutingCalls.GetRoute, NetlinkMessage.Dump, default(RoutingCalls.Route));
        request.End();
        _netlink.Ask(request);
    }

    /// <summary>Shows the next routes, of all tables and both families. True: those were the last.</summary>
    /// <param name="most">Parts, of some 500 routes each.</param>
    /// <param name="show">Takes them.</param>
    public bool TryEnd(int most, OnRoute show) => _netlink.TryReadAnswers(most, Call, (type, flags, body) =>
    {
        if (type == RoutingCalls.NewRoute && RouteNotice.TryRead(body, flags, out RouteNotice route)) show(route);
    });

    public void Dispose() => _netlink.Dispose();
}
