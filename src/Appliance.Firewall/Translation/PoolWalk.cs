namespace Appliance.Firewall;

/// <summary>
/// The addresses of a pool in the order in which one flow tries them: each once, and no more than <see cref="MaxAddresses"/>.
/// </summary>
public struct PoolWalk
{
    public const int MaxAddresses = 64;

    private readonly AddressPool? _pool;
    private readonly UInt128 _count;
    private UInt128 _next;
    private int _left;

    /// <param name="pool">Where the addresses are.</param>
    /// <param name="first">The place of the first.</param>
    /// <param name="count">Of the pool's addresses, or 1: there is no other.</param>
    internal PoolWalk(AddressPool pool, UInt128 first, UInt128 count)
    {
        (_pool, _next, _count) = (pool, first, count);
        _left = (int)UInt128.Min(count, MaxAddresses);
    }

    /// <summary>False when all were tried, when there are none, or when those that are left went from their table meanwhile.</summary>
    public bool TryNext(out PoolChoice choice)
    {
        choice = default;
        if (_left == 0 || _pool is null) return false;
        _left--;
        bool isThere = _pool.TryGet(_next, out choice);
        _next = _next + 1 >= _count ? 0 : _next + 1;
        return isThere;
    }

    /// <inheritdoc cref="TryNext(out PoolChoice)"/>
    public bool TryNext(out UInt128 address)
    {
        bool isThere = TryNext(out PoolChoice choice);
        address = choice.Address;
        return isThere;
    }
}
