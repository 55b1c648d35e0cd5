using System.Collections.Immutable;
using Appliance.Routing;
using Appliance.Wire.Ip;

namespace Appliance.Node;

/// <summary>
/// Splits a capture that saw both directions: a frame enters at the port that its source is routed to, else at the first port named.
/// </summary>
/// <param name="inForce">The node's model now: an earlier one may have been freed.</param>
internal sealed class ArrivalPort(Func<RoutingModel> inForce)
{
    /// <summary>No port: the frame has no source, or none that could be a host's, or no route leads to it.</summary>
    public const int Nowhere = -1;

    public int Choose(ImmutableArray<int> ports, ReadOnlySpan<byte> frame)
    {
        if (ports.Length == 1 || !DatagramGlance.TryRead(frame, out DatagramGlance seen)) return ports[0];
        RoutingModel model = inForce();
        int route = model.Find(seen.Source);
        if (route == RoutingModel.NoRoute) return ports[0];
        foreach (NextHop way in model.TargetOf(route).Ways)
        {
            int physical = model.Ports[way.Port].Physical;
            if (ports.Contains(physical)) return physical;
        }

        return ports[0];
    }

    /// <summary>The physical port that a source is routed to: <paramref name="port"/> if one of the ways leads there.</summary>
    public int HomeOf(IpAddress source, int port)
    {
        bool isHost = source.IsV6 ? !AddressRules.IsMartianSource(source.V6) : !AddressRules.IsMartianSource(source.V4);
        if (!isHost || source.IsLinkLocal) return Nowhere;
        RoutingModel model = inForce();
        int route = model.Find(source);
        if (route == RoutingModel.NoRoute) return Nowhere;
        int home = Nowhere;
        foreach (NextHop way in model.TargetOf(route).Ways)
        {
            int physical = model.Ports[way.Port].Physical;
            if (physical == port) return port;
            if (home == Nowhere) home = physical;
        }

        return home;
    }
}
