using System.Runtime.InteropServices;

namespace Appliance.Routing.Fib;

/// <summary>
/// Six bits of the address below a root or another node. A bit for each of the 64 slots says whether a route shows there and whether a
/// node lies below; both are stored without gaps, so a slot's place is the number of bits before its own. Half a cache line, so that none
/// straddles two.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal record struct Ipv6Node(ulong Children, ulong Leaves, uint FirstChild, uint FirstLeaf)
{
    public const int Slots = 64;
}
