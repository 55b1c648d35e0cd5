using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>
/// Where in the index a key lives, under a secret of the appliance. Not the steering hash that a frame brings: that is linear, so whoever
/// knows one collision knows them all; it is no secret where a key is dictated; and its low bits are the same for all flows of a bucket.
/// <para>
/// Four rounds of AES with independent round keys. No difference of two keys leads to any chosen difference with a probability above 2^-113
/// (Keliher and Sui, "Exact maximum expected differential and linear probability for two-round AES", 2007), and after two rounds every bit
/// depends on every other; two rounds alone would not do, since four bytes of a diagonal then meet in one. Nobody sees what comes out.
/// </para>
/// </summary>
internal readonly struct FlowHash
{
    private readonly Vector128<byte> _key0, _key1, _key2, _key3, _key4;
    private readonly ulong _digestMask;

    /// <param name="random">Has the secret.</param>
    /// <param name="digestMask">All of an IPv6 key's digest; in tests less, so that digests meet.</param>
    public FlowHash(KeyedRandom random, ulong digestMask = ulong.MaxValue)
    {
        _digestMask = digestMask;
        Span<byte> bytes = stackalloc byte[5 * 16];
        random.Fill(RandomPurpose.FlowTable, 0, bytes);
        _key0 = Vector128.Create<byte>(bytes);
        _key1 = Vector128.Create<byte>(bytes[16..]);
        _key2 = Vector128.Create<byte>(bytes[32..]);
        _key3 = Vector128.Create<byte>(bytes[48..]);
        _key4 = Vector128.Create<byte>(bytes[64..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Hash(Vector128<byte> key) => (Aes.IsSupported ? Mix(key) : Product(key, default)).AsUInt32().ToScalar();

    /// <summary>The index's key for a key of either family.</summary>
    public PackedFlowKey Pack(in FlowKey key) => key.IsV6
        ? Digest(key)
        : PackedFlowKey.OfIpv4(key.Protocol, (uint)key.Outside, key.OutsidePort, (uint)key.Inside, key.InsidePort, key.Port);

    /// <summary>CBC-MAC of a fixed length, over addresses, ports and protocol. The logical port stays in the clear behind it.</summary>
    private PackedFlowKey Digest(in FlowKey key)
    {
        Vector128<byte> rest = Vector128.Create(
            key.OutsidePort | ((ulong)key.InsidePort << 16) | ((ulong)(byte)key.Protocol << 32), 0).AsByte();
        Vector128<byte> state = Absorb(Absorb(Absorb(default, Bytes(key.Outside)), Bytes(key.Inside)), rest);
        Vector128<ulong> digest = state.AsUInt64() & Vector128.Create(_digestMask);
        return PackedFlowKey.OfDigest(digest.ToScalar(), digest.GetElement(1), key.Port);
    }

    private static Vector128<byte> Bytes(UInt128 value) => Vector128.Create((ulong)value, (ulong)(value >> 64)).AsByte();

    private Vector128<byte> Absorb(Vector128<byte> state, Vector128<byte> block) =>
        Aes.IsSupported ? Mix(state ^ block) : Product(block, state);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<byte> Mix(Vector128<byte> block)
    {
        Vector128<byte> state = block ^ _key0;
        state = Aes.Encrypt(state, _key1);
        state = Aes.Encrypt(state, _key2);
        state = Aes.Encrypt(state, _key3);
        return Aes.Encrypt(state, _key4);
    }

    /// <summary>
    /// For processors without AES: products of 64 bits, both halves added modulo 2, so that every bit of a factor reaches every bit of the
    /// result. The factors are secret, so which keys meet is, too.
    /// </summary>
    internal Vector128<byte> Product(Vector128<byte> block, Vector128<byte> state)
    {
        Vector128<ulong> first = (block ^ state ^ _key0).AsUInt64(), second = (block ^ _key1).AsUInt64();
        ulong left = Fold(first.ToScalar(), first.GetElement(1)), right = Fold(second.GetElement(1) + left, second.ToScalar());
        Vector128<ulong> last = Vector128.Create(left, right) ^ _key2.AsUInt64();
        return Vector128.Create(Fold(last.ToScalar(), last.GetElement(1)) ^ left, right).AsByte();
    }

    private static ulong Fold(ulong one, ulong other)
    {
        ulong high = Math.BigMul(one, other, out ulong low);
        return high ^ low;
    }
}
