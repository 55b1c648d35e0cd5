using System.Numerics;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// The few addresses that are the appliance's own or a broadcast of its networks, asked twice for every frame: open addressing at a load
/// of at most a quarter, so that a miss, which is nearly every answer, ends at the first slot.
/// </summary>
public sealed class OwnAddressTable
{
    private readonly Slot<uint>[] _v4;
    private readonly Slot<UInt128>[] _v6;

    private struct Slot<TKey>
    {
        public TKey Key;
        public ushort Port;
        public AddressUse Use;
    }

    /// <param name="entries">Each address once, with the port it is configured on.</param>
    public OwnAddressTable(IReadOnlyCollection<(IpAddress Address, AddressUse Use, int Port)> entries)
    {
        _v4 = new Slot<uint>[SlotsFor(entries.Count(entry => !entry.Address.IsV6))];
        _v6 = new Slot<UInt128>[SlotsFor(entries.Count(entry => entry.Address.IsV6))];
        foreach ((IpAddress address, AddressUse use, int port) in entries)
        {
            if (address.IsV6) Put(_v6, address.V6.Value, HashOf(address.V6.Value), use, port);
            else Put(_v4, address.V4.Value, HashOf(address.V4.Value), use, port);
        }
    }

    public AddressUse UseOf(Ipv4Address address) => Find(_v4, address.Value, HashOf(address.Value)).Use;

    public AddressUse UseOf(Ipv6Address address) => Find(_v6, address.Value, HashOf(address.Value)).Use;

    /// <summary>Whether <paramref name="address"/> is the appliance's own and configured on <paramref name="port"/>.</summary>
    public bool IsOwnAt(IpAddress address, int port)
    {
        (AddressUse use, ushort at) = address.IsV6
            ? Find(_v6, address.V6.Value, HashOf(address.V6.Value))
            : Find(_v4, address.V4.Value, HashOf(address.V4.Value));
        return use == AddressUse.Own && at == port;
    }

    private static int SlotsFor(int entries) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, entries * 4));

    private static uint HashOf(uint key) => (uint)((key * 0x9e37_79b9_7f4a_7c15UL) >> 32);

    private static uint HashOf(UInt128 key) =>
        (uint)((((ulong)(key >> 64) ^ BitOperations.RotateLeft((ulong)key, 29)) * 0x9e37_79b9_7f4a_7c15UL) >> 32);

    private static void Put<TKey>(Slot<TKey>[] slots, TKey key, uint hash, AddressUse use, int port)
    {
        uint at = hash & (uint)(slots.Length - 1);
        while (slots[at].Use != AddressUse.None)
            at = (at + 1) & (uint)(slots.Length - 1);
        slots[at] = new Slot<TKey> { Key = key, Use = use, Port = (ushort)port };
    }

    private static (AddressUse Use, ushort Port) Find<TKey>(Slot<TKey>[] slots, TKey key, uint hash) where TKey : IEquatable<TKey>
    {
        for (uint at = hash & (uint)(slots.Length - 1); slots[at].Use != AddressUse.None; at = (at + 1) & (uint)(slots.Length - 1))
        {
            if (slots[at].Key.Equals(key)) return (slots[at].Use, slots[at].Port);
        }

        return (AddressUse.None, 0);
    }
}
