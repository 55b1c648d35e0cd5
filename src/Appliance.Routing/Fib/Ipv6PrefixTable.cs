using Appliance.Wire.Ip;

namespace Appliance.Routing.Fib;

public sealed class Ipv6PrefixTable : IDisposable
{
    private readonly List<(IpPrefix Prefix, int Value)> _all = [];

    public bool Set(Ipv6Address network, int length, int value)
    {
        _all.Add((new IpPrefix(network, length), value));
        _all.Sort((a, b) => b.Prefix.Length - a.Prefix.Length);
        return true;
    }

    public int Lookup(Ipv6Address address)
    {
        foreach ((IpPrefix prefix, int value) in _all)
        {
            if (prefix.Contains(address)) return value;
        }

        return -1;
    }

    public void Dispose() => _all.Clear();
}
