using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// 64 bits of a neighbour's key. Both halves of the address enter one product under a secret, which is folded: outsiders, who choose the
/// addresses that frames go to, cannot choose which of them meet.
/// </summary>
internal readonly struct NeighbourHash
{
    private readonly ulong _secret0, _secret1;

    public NeighbourHash(KeyedRandom random)
    {
        _secret0 = random.Draw(RandomPurpose.NeighbourHash, 0, 0, 0);
        _secret1 = random.Draw(RandomPurpose.NeighbourHash, 0, 1, 0);
    }

    public ulong Of(in NeighbourKey key)
    {
        UInt128 bits = key.Address.Bits;
        return Of((ulong)(bits >> 64), (ulong)bits, LinkOf(key));
    }

    /// <summary>Of the parts of a key: the halves of the address, and <see cref="LinkOf"/>.</summary>
    public ulong Of(ulong high, ulong low, uint link)
    {
        ulong top = Math.BigMul(high ^ _secret0, low ^ _secret1, out ulong bottom);
        return (top ^ bottom ^ link) * 0x9e37_79b9_7f4a_7c15UL;
    }

    /// <summary>The port, and a bit for the family.</summary>
    public static uint LinkOf(in NeighbourKey key) => key.Port | (key.Address.IsV6 ? 0x10000u : 0);

    public static NeighbourKey KeyOf(ulong high, ulong low, uint link)
    {
        var bits = new UInt128(high, low);
        return new NeighbourKey((ushort)link, link > ushort.MaxValue ? new Ipv6Address(bits) : new Ipv4Address((uint)bits));
    }
}
