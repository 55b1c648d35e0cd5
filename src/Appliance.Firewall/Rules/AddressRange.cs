using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>The addresses from <paramref name="First"/> to <paramref name="Last"/>, both included and of one family.</summary>
public readonly record struct AddressRange(IpAddress First, IpAddress Last)
{
    public bool IsV6 => First.IsV6;

    public static AddressRange Of(IpPrefix prefix)
    {
        int hostBits = prefix.Address.BitLength - prefix.Length;
        UInt128 host = hostBits == 0 ? 0 : UInt128.MaxValue >> (128 - hostBits);
        UInt128 first = prefix.Network.Bits;
        return prefix.Address.IsV6
            ? new AddressRange(new Ipv6Address(first), new Ipv6Address(first | host))
            : new AddressRange(new Ipv4Address((uint)first), new Ipv4Address((uint)(first | host)));
    }

    public bool Contains(UInt128 address, bool isV6) => isV6 == IsV6 && address >= First.Bits && address <= Last.Bits;

    public override string ToString() => First == Last ? First.ToString() : $"{First} - {Last}";
}
