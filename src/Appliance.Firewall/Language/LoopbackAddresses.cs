using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <summary>A host with no interface but <c>lo0</c>, as FreeBSD sets it up.</summary>
public sealed class LoopbackAddresses : IInterfaceAddresses
{
    private const string Loopback = "lo0";

    private static readonly ImmutableArray<InterfaceAddress> Addresses =
    [
        new(Loopback, new IpPrefix(Ipv6Address.Loopback, 128)),
        new(Loopback, new IpPrefix(new Ipv6Address(((UInt128)0xfe80 << 112) | 1), 64)),
        new(Loopback, new IpPrefix(new Ipv4Address(0x7f00_0001), 8)),
    ];

    /// <summary>A name without a number stands for all interfaces of that kind.</summary>
    public ImmutableArray<InterfaceAddress> AddressesOf(string name) => name is Loopback or "lo" or "self" ? Addresses : [];

    public bool IsLoopback(string name) => name is Loopback or "lo";
}
