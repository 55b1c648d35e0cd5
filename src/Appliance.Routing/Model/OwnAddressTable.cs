using System.Numerics;
using System.Runtime.CompilerServices;
using Appliance.Wire.Ip;

namespace Appliance.Routing;

/// <summary>
/// The few addresses that are the appliance's own or a broadcast of its networks, asked twice for every frame: open addressing, behind a
/// filter of one bit a hash, so that a miss, which is nearly every answer, costs one bit of a few cache lines. IPv6 link-local addresses
/// are asked for a link: the same address on two links is two addresses (RFC 4007 §6).
/// </summary>
public sealed class OwnAddressTable
{
    private const int AnyPort = -1;
    private const int FilterBits = 4096;                                // of each family; 12 bits of a hash choose one

    private readonly ulong[] _filterV4 = new ulong[FilterBits / 64];
    private readonly ulong[] _filterV6 = new ulong[FilterBits / 64];
    private readonly Slot<uint>[] _v4;
    private readonly Slot<UInt128>[] _v6;

    private struct Slot<TKey>
    {
        public TKey Key;
        public ushort Port;
        public AddressUse Use;
        public VirtualAddress? Shared;                                  // asked where it is, each time

        public readonly AddressUse UseNow => Shared is { } shared ? shared.Use : Use;
    }

    /// <param name="entries">Each address once, with the port it is configured on; an IPv6 link-local one once for each of its
    /// ports.</param>
    /// <param name="shared">Those that the box has while it is their virtual host; none of them among the others.</param>
    public OwnAddressTable(
        IReadOnlyCollection<(IpAddress Address, AddressUse Use, int Port)> entries,
        IReadOnlyCollection<(VirtualAddress Address, int Port)>? shared = null)
    {
        shared ??= [];
        int v6 = entries.Count(entry => entry.Address.IsV6) + shared.Count(entry => entry.Address.Address.IsV6);
        _v4 = new Slot<uint>[SlotsFor(entries.Count + shared.Count - v6)];
        _v6 = new Slot<UInt128>[SlotsFor(v6)];
        foreach ((IpAddress address, AddressUse use, int port) in entries) Put(address, use, port, shared: null);
        foreach ((VirtualAddress address, int port) in shared) Put(address.Address, AddressUse.Own, port, address);
    }

    /// <summary>False for what is certainly none of the addresses; true for nearly nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayHave(Ipv4Address address) => IsSet(_filterV4, FilterHashOf(address));

    /// <summary>The same for IPv6, on whatever link.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayHave(Ipv6Address address) => IsSet(_filterV6, FilterHashOf(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AddressUse UseOf(Ipv4Address address) => MayHave(address) ? Find(address).Use : AddressUse.None;

    /// <param name="port">On whose link it is asked; matters for link-local addresses only.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public AddressUse UseOf(Ipv6Address address, int port) => MayHave(address) ? Find(address, port).Use : AddressUse.None;

    /// <summary>Whether <paramref name="address"/> is the appliance's own and configured on <paramref name="port"/>.</summary>
    public bool IsOwnAt(IpAddress address, int port)
    {
        (AddressUse use, ushort at, _) = address.IsV6 ? Find(address.V6, port) : Find(address.V4);
        return use == AddressUse.Own && at == port;
    }

    /// <summary>The virtual address that this is; null: it is none. For who answers neighbours, not for each frame.</summary>
    public VirtualAddress? FindVirtual(IpAddress address, int port) =>
        (address.IsV6 ? Find(address.V6, port) : Find(address.V4)).Shared;

    /// <summary>Whether <paramref name="address"/> is the broadcast address of a network of <paramref name="port"/>.</summary>
    public bool IsBroadcastAt(Ipv4Address address, int port)
    {
        (AddressUse use, ushort at, _) = Find(address);
        return use == AddressUse.Broadcast && at == port;
    }

    private (AddressUse Use, ushort Port, VirtualAddress? Shared) Find(Ipv4Address address) =>
        Find(_v4, address.Value, HashOf(address.Value), AnyPort);

    private (AddressUse Use, ushort Port, VirtualAddress? Shared) Find(Ipv6Address address, int port)
    {
        int link = LinkOf(address, port);
        return Find(_v6, address.Value, HashOf(address.Value, link), link);
    }

    private static int LinkOf(Ipv6Address address, int port) => address.IsLinkLocal ? port : AnyPort;

    private static int SlotsFor(int entries) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, entries * 4));

    private static uint HashOf(uint key) => (uint)((key * 0x9e37_79b9_7f4a_7c15UL) >> 32);

    private static uint HashOf(UInt128 key, int link)
    {
        ulong folded = (ulong)(key >> 64) ^ BitOperations.RotateLeft((ulong)key, 29) ^ (uint)link;
        return (uint)((folded * 0x9e37_79b9_7f4a_7c15UL) >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint FilterHashOf(Ipv4Address address) => (address.Value * 0x9e37_79b1) >> 20;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint FilterHashOf(Ipv6Address address)
    {
        ulong folded = (ulong)(address.Value >> 64) ^ BitOperations.RotateLeft((ulong)address.Value, 29);
        return (uint)((folded * 0x9e37_79b9_7f4a_7c15UL) >> 52);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsSet(ulong[] filter, uint bit) => ((filter[bit >> 6] >> (int)bit) & 1) != 0;

    private static void Set(ulong[] filter, uint bit) => filter[bit >> 6] |= 1UL << (int)bit;

    private void Put(IpAddress address, AddressUse use, int port, VirtualAddress? shared)
    {
        if (address.IsV6)
        {
            Ipv6Address v6 = address.V6;
            Set(_filterV6, FilterHashOf(v6));
            var slot = new Slot<UInt128> { Key = v6.Value, Use = use, Port = (ushort)port, Shared = shared };
            Put(_v6, slot, HashOf(v6.Value, LinkOf(v6, port)));
        }
        else
        {
            Ipv4Address v4 = address.V4;
            Set(_filterV4, FilterHashOf(v4));
            Put(_v4, new Slot<uint> { Key = v4.Value, Use = use, Port = (ushort)port, Shared = shared }, HashOf(v4.Value));
        }
    }

    private static void Put<TKey>(Slot<TKey>[] slots, in Slot<TKey> slot, uint hash)
    {
        uint at = hash & (uint)(slots.Length - 1);
        while (slots[at].Use != AddressUse.None)
            at = (at + 1) & (uint)(slots.Length - 1);
        slots[at] = slot;
    }

    private static (AddressUse Use, ushort Port, VirtualAddress? Shared) Find<TKey>(
        Slot<TKey>[] slots, TKey key, uint hash, int port) where TKey : IEquatable<TKey>
    {
        for (uint at = hash & (uint)(slots.Length - 1); slots[at].Use != AddressUse.None; at = (at + 1) & (uint)(slots.Length - 1))
        {
            ref readonly Slot<TKey> slot = ref slots[at];
            if (slot.Key.Equals(key) && (port == AnyPort || port == slot.Port)) return (slot.UseNow, slot.Port, slot.Shared);
        }

        return (AddressUse.None, 0, null);
    }
}
