using System.Numerics;

namespace Appliance.Routing.Tests.Fib;

/// <summary>The two tables seen alike, so that both obey the same tests.</summary>
internal interface IPrefixTable<TBits> : IDisposable
    where TBits : unmanaged, IBinaryInteger<TBits>
{
    int Count { get; }
    bool Set(TBits network, int length, int value);
    bool Remove(TBits network, int length);
    int Lookup(TBits address);
    void LookupBatch(ReadOnlySpan<TBits> addresses, Span<int> values);
}
