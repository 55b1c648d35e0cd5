using Appliance.Routing;
using Appliance.Wire.Ip;

namespace Appliance.Running;

/// <summary>
/// The host's routes by its ends of ports, as far as they were told and read: what the appliance goes by, and what has changed in that.
/// Where the host tells less than it has done, <see cref="IsUnsure"/> says so, and all is to be read anew.
/// </summary>
internal sealed class HostRouteBook
{
    private const int V4Bits = 32;

    private readonly RouteCandidates<ulong> _v4 = new(key => new IpPrefix(new Ipv4Address((uint)(key >> V4Bits)), (int)(byte)key));
    private readonly RouteCandidates<IpPrefix> _v6 = new(key => key);
    private bool _hasTwins;

    /// <summary>Prefixes that have a route.</summary>
    public int Count => _v4.Count + _v6.Count;

    /// <summary>Whether <see cref="Take"/> has something.</summary>
    public bool HasChanges => _v4.HasChanges || _v6.HasChanges;

    /// <summary>Whether the host may have routes that this does not know; until the next reading begins.</summary>
    public bool IsUnsure { get; private set; }

    /// <summary>A route is there, or is another now.</summary>
    /// <param name="to">Without host bits.</param>
    /// <param name="metric">The smaller goes first.</param>
    /// <param name="target">Null: it is none of the appliance's, and so ends one that was.</param>
    /// <param name="isAppended">It came behind one of the same metric.</param>
    public void Tell(IpPrefix to, uint metric, RouteTarget? target, bool isAppended)
    {
        if (isAppended && !to.Address.IsV6 && _v4.Find(KeyOf(to), metric) is not null)
        {
            _hasTwins = true;                                           // the first one counts
            return;
        }

        // Of IPv6 there may be one of each, by different devices.
        if (target is null && to.Address.IsV6) IsUnsure |= _v6.Find(to, metric) is not null;
        else Tell(to, metric, target);
    }

    /// <summary>A route is gone, or of an IPv6 route some of its ways.</summary>
    /// <param name="target">What it was; null: none of the appliance's.</param>
    public void TellGone(IpPrefix to, uint metric, RouteTarget? target)
    {
        RouteTarget? known = to.Address.IsV6 ? _v6.Find(to, metric) : _v4.Find(KeyOf(to), metric);
        if (known is null)
        {
            if (target is not null) Tell(to, metric, null);             // it may be read yet, by who began before it was gone
            return;
        }

        if (known.Equals(target))
        {
            Tell(to, metric, null);
            IsUnsure |= _hasTwins;
        }
        else if (target is not null && to.Address.IsV6 && LessWays(known, target) is { } rest)
        {
            Tell(to, metric, rest);
        }
        else
        {
            IsUnsure = true;
        }
    }

    /// <summary>More was told than could be heard, or the host forgets some without a word.</summary>
    public void Doubt() => IsUnsure = true;

    public void BeginReading()
    {
        (IsUnsure, _hasTwins) = (false, false);
        _v4.BeginReading();
        _v6.BeginReading();
    }

    public void Read(IpPrefix to, uint metric, RouteTarget target)
    {
        bool isFirst = to.Address.IsV6 ? _v6.Read(to, metric, target) : _v4.Read(KeyOf(to), metric, target);
        _hasTwins |= !isFirst;
    }

    /// <summary>
    /// What was not read is forgotten; of IPv6 only if nothing was told meanwhile: the kernel then may leave some out (it counts how far it
    /// has come, where it goes by prefix in IPv4), and says of every IPv6 route that it is gone.
    /// </summary>
    public void EndReading()
    {
        _v4.EndReading(forgets: !IsUnsure);
        _v6.EndReading(forgets: !IsUnsure && !_v6.IsTold);
    }

    /// <summary>Some of what has changed. Answers how many.</summary>
    public int Take(Span<RouteChange> into)
    {
        int count = 0;
        while (count < into.Length && (_v4.TryTake(out into[count]) || _v6.TryTake(out into[count]))) count++;
        return count;
    }

    private void Tell(IpPrefix to, uint metric, RouteTarget? target)
    {
        if (to.Address.IsV6) _v6.Tell(to, metric, target);
        else _v4.Tell(KeyOf(to), metric, target);
    }

    private static ulong KeyOf(IpPrefix to) => ((ulong)to.Address.V4.Value << V4Bits) | (uint)to.Length;

    /// <summary>Of one way alone the kernel tells no weight.</summary>
    private static bool IsSame(NextHop way, NextHop other) => way.Port == other.Port && way.Gateway == other.Gateway;

    /// <summary>Null: not all of those ways are its.</summary>
    private static RouteTarget? LessWays(RouteTarget known, RouteTarget gone)
    {
        if (known.IsEnd || gone.IsEnd || known.Origin != gone.Origin) return null;
        if (!gone.Ways.All(way => known.Ways.Any(other => IsSame(way, other))) || gone.Ways.Length >= known.Ways.Length) return null;
        return new RouteTarget(known.Origin, known.Kind, known.Ways.RemoveAll(way => gone.Ways.Any(other => IsSame(way, other))));
    }
}
