namespace Appliance.Firewall;

/// <summary>
/// The addresses of a pool in the order in which one flow tries them: each once, and no more than <see cref="MaxAddresses"/>.
/// </summary>
public struct PoolWalk
{
    public const int MaxAddresses = 64;

    private readonly AddressPool _pool;
    private UInt128 _next;
    private int _left;

    internal PoolWalk(AddressPool pool, UInt128 first, UInt128 count)
    {
        _pool = pool;
        _next = first;
        _left = (int)UInt128.Min(count, MaxAddresses);
    }

    public bool TryNext(out UInt128 address)
    {
        address = 0;
        if (_left == 0) return false;
        _left--;
        address = _pool[_next];
        _next = _next + 1 == _pool.Count ? 0 : _next + 1;
        return true;
    }
}
