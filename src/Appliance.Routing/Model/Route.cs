using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>Where a prefix goes.</summary>
/// <param name="To">The prefix, without host bits.</param>
/// <param name="Ways">Equal ways, one of which a flow takes by its hash; none: a blackhole.</param>
public sealed record Route(IpPrefix To, ImmutableArray<NextHop> Ways)
{
    public bool IsBlackhole => Ways.IsEmpty;

    public bool LeavesBy(int port)
    {
        foreach (NextHop way in Ways)
        {
            if (way.Port == port) return true;
        }

        return false;
    }
}
