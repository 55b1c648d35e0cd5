using Appliance.Routing.Fib;
using Appliance.Wire.Ip;

namespace Appliance.Routing.Tests.Fib;

internal sealed class Ipv6Subject(Ipv6PrefixTable table) : IPrefixTable<UInt128>
{
    public int Count => table.Count;
    public bool Set(UInt128 network, int length, int value) => table.Set(new Ipv6Address(network), length, value);
    public bool Remove(UInt128 network, int length) => table.Remove(new Ipv6Address(network), length);
    public int Lookup(UInt128 address) => table.Lookup(new Ipv6Address(address));
    public void LookupBatch(ReadOnlySpan<UInt128> addresses, Span<int> values) => table.LookupBatch(addresses, values);
    public void Dispose() => table.Dispose();
}
