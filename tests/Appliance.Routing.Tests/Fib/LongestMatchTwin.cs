using System.Numerics;

namespace Appliance.Routing.Tests.Fib;

/// <summary>
/// The slow twin of the prefix tables: all routes in a list, longest first, searched from its head (RFC 4632 §5.1, "longest match").
/// </summary>
internal sealed class LongestMatchTwin<TBits>(int width)
    where TBits : unmanaged, IBinaryInteger<TBits>
{
    private readonly List<(TBits Network, int Length, int Value)> _routes = [];

    public IReadOnlyList<(TBits Network, int Length, int Value)> Routes => _routes;

    public TBits HostMask(int length) => length == width ? TBits.Zero : TBits.AllBitsSet >>> length;

    public void Set(TBits network, int length, int value)
    {
        network &= ~HostMask(length);
        Remove(network, length);
        int place = _routes.FindIndex(route => route.Length < length);
        _routes.Insert(place < 0 ? _routes.Count : place, (network, length, value));
    }

    public bool Remove(TBits network, int length) =>
        _routes.RemoveAll(route => route.Length == length && route.Network == (network & ~HostMask(length))) > 0;

    public int Lookup(TBits address)
    {
        foreach ((TBits network, int length, int value) in _routes)
            if ((address & ~HostMask(length)) == network)
                return value;
        return -1;
    }

    /// <summary>Every address where the answer can change: the ends of each route, and their neighbours outside.</summary>
    public TBits[] Edges() =>
    [
        TBits.Zero,
        TBits.AllBitsSet,
        .. _routes.SelectMany(route => new[]
        {
            route.Network - TBits.One,
            route.Network,
            route.Network | HostMask(route.Length),
            (route.Network | HostMask(route.Length)) + TBits.One,
        }),
    ];
}
