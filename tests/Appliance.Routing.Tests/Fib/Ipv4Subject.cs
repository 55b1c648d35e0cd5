using Appliance.Routing.Fib;
using Appliance.Wire.Ip;

namespace Appliance.Routing.Tests.Fib;

internal sealed class Ipv4Subject(Ipv4PrefixTable table) : IPrefixTable<uint>
{
    public int Count => table.Count;
    public bool Set(uint network, int length, int value) => table.Set(new Ipv4Address(network), length, value);
    public bool Remove(uint network, int length) => table.Remove(new Ipv4Address(network), length);
    public int Lookup(uint address) => table.Lookup(new Ipv4Address(address));
    public void LookupBatch(ReadOnlySpan<uint> addresses, Span<int> values) => table.LookupBatch(addresses, values);
    public void Dispose() => table.Dispose();
}
