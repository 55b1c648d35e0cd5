using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class FlowIndexTests
{
    private const uint Value = FlowHit.WireBit;
    private static readonly FlowHash Hash = new(KeyedRandom.FromSeed(1));

    /// <summary>With duplicates of keys, while it grows by a hundred splits and empties again.</summary>
    [Fact]
    public void Entries_are_found_and_removed_as_by_a_list()
    {
        int operations = TestSize.Of(person: 200_000, server: 2_000_000, soak: 20_000_000);
        var random = new Random(TestSize.Seed(5));
        using var index = new FlowIndex(40_000, Hash);
        var twin = new Dictionary<PackedFlowKey, List<uint>>();
        Span<uint> all = stackalloc uint[FlowIndex.MaxEqual];
        uint next = 0;
        for (int i = 0; i < operations; i++)
        {
            bool isGrowing = i / 50_000 % 2 == 0;
            PackedFlowKey key = Key((uint)random.Next(20_000));
            List<uint> values = twin.TryGetValue(key, out List<uint>? found) ? found : twin[key] = [];
            if (values.Count < 2 && random.Next(3) < (isGrowing ? 2 : 1))
            {
                values.Add(Value | next);
                Assert.True(index.TryInsert(key, Value | next++));
            }
            else if (values.Count > 0)
            {
                uint value = values[random.Next(values.Count)];
                values.Remove(value);
                Assert.True(index.Remove(key, value));
                Assert.False(index.Remove(key, value));
            }

            Assert.Equal(values.Order(), all[..index.FindAll(key, all)].ToArray().Order());
        }

        foreach ((PackedFlowKey key, List<uint> values) in twin)
        {
            foreach (uint value in values) Assert.True(index.Remove(key, value));
        }

        Assert.Equal(0, index.Count);
        Assert.All(twin.Keys, key => Assert.Equal(1, index.SearchLength(key)));
    }

    [Fact]
    public void The_wanted_value_comes_before_the_second_best_and_nothing_else_comes()
    {
        using var index = new FlowIndex(1000, Hash);
        PackedFlowKey[] keys = [Key(1), Key(2), Key(3), Key(4)];
        index.TryInsert(keys[0], FlowHit.AliasBit | 1);
        index.TryInsert(keys[0], FlowHit.StackBit | 2);
        index.TryInsert(keys[0], FlowHit.WireBit | 3);
        index.TryInsert(keys[1], FlowHit.StackBit | 4);
        index.TryInsert(keys[1], FlowHit.AliasBit | 5);
        index.TryInsert(keys[2], FlowHit.AliasBit | 6);
        var hits = new FlowHit[4];
        index.Lookup(keys, default, FlowHit.WireBit, FlowHit.AliasBit, hits);
        Assert.Equal([FlowHit.WireBit | 3, FlowHit.AliasBit | 5, FlowHit.AliasBit | 6, 0], hits.Select(hit => hit.Value));
        index.Lookup(keys, default, FlowHit.StackBit, 0, hits);
        Assert.Equal([FlowHit.StackBit | 2, FlowHit.StackBit | 4, 0, 0], hits.Select(hit => hit.Value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public void A_batch_of_any_length_is_what_its_keys_are_one_by_one(int length)
    {
        using var index = new FlowIndex(10_000, Hash);
        for (uint i = 0; i < 3000; i += 2) index.TryInsert(Key(i), Value | i);
        PackedFlowKey[] keys = [.. Enumerable.Range(0, length).Select(i => Key((uint)(i * 7919 % 3000)))];
        var hits = new FlowHit[length + 1];
        hits[length] = new FlowHit(77);
        index.Lookup(keys, default, Value, 0, hits);
        Assert.Equal(keys.Select(key => Find(index, key)), hits[..length].Select(hit => hit.Value));
        Assert.Equal(77u, hits[length].Value);
    }

    /// <summary>
    /// What an attacker can send without the secret: ports and addresses in every regular pattern. Chains stay as short as those of keys
    /// that nobody chose.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Patterns_of_keys_make_no_chains(int pattern)
    {
        const int Count = 60_000;
        var random = new Random(pattern);
        var bytes = new byte[PackedFlowKey.SizeBytes * Count];
        random.NextBytes(bytes);
        int[] chosen = SearchLengths(pattern, [.. Enumerable.Range(0, Count).Select(i => Pattern(pattern, (uint)i))]);
        int[] drawn = SearchLengths(pattern, MemoryMarshal.Cast<byte, PackedFlowKey>(bytes));
        Assert.InRange(chosen.Average() / drawn.Average(), 0.9, 1.1);
        Assert.InRange(chosen.Average(), 1, 2);
        Assert.InRange(chosen.Max(), 1, 40);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Neither_do_they_without_AES(int pattern)
    {
        const int Count = 1 << 16, Homes = 1 << 14;
        var counts = new int[Homes];
        var hash = new FlowHash(KeyedRandom.FromSeed((ulong)pattern));
        for (uint i = 0; i < Count; i++) counts[Word(hash.Product(Bytes(Pattern(pattern, i)), default)) % Homes]++;
        Assert.InRange(counts.Max(), 4, 24);                            // four on average: Poisson beyond 24 is one in 10^10
        double chiSquare = counts.Sum(count => Math.Pow(count - 4.0, 2) / 4.0);
        Assert.InRange(chiSquare, Homes - 1400, Homes + 1400);          // about eight standard deviations
    }

    /// <summary>Keys that meet under one secret are strangers under another; who knew it would be refused, not served slowly.</summary>
    [Fact]
    public void Keys_that_collide_under_one_secret_do_not_under_another()
    {
        var known = new FlowHash(KeyedRandom.FromSeed(6));
        var colliding = new List<PackedFlowKey>();
        for (uint i = 0; colliding.Count < FlowIndex.KeysPerSegment + 50; i++)
        {
            PackedFlowKey key = Key(i);
            if ((known.Hash(Bytes(key)) & 0x7ff) == 0x123) colliding.Add(key);      // one home in sixteen segments
        }

        using var attacked = new FlowIndex(10_000, known);
        int admitted = colliding.Count(key => attacked.TryInsert(key, Value | 1));
        Assert.Equal(FlowIndex.KeysPerSegment, admitted);               // one segment is full, and no other is touched
        Assert.Equal(admitted, colliding.Count(key => Find(attacked, key) != 0));
        PackedFlowKey[] others =
            [.. Enumerable.Range(0, 1000).Select(i => Key((uint)i)).Where(key => (known.Hash(Bytes(key)) & 0x780) != 0x100)];
        Assert.All(others, key => Assert.Equal(1, attacked.SearchLength(key)));
        Assert.InRange(others.Length, 900, 999);

        using var secret = new FlowIndex(10_000, new FlowHash(KeyedRandom.FromSeed(7)));
        Assert.All(colliding, key => Assert.True(secret.TryInsert(key, Value | 1)));
        Assert.All(colliding, key => Assert.InRange(secret.SearchLength(key), 1, 4));
    }

    [Fact]
    public void Every_bit_of_a_key_moves_half_of_its_hash()
    {
        var random = new Random(8);
        var flips = new int[128];
        const int Samples = 400;
        for (int sample = 0; sample < Samples; sample++)
        {
            Vector128<byte> key = Vector128.Create((ulong)random.NextInt64(), (ulong)random.NextInt64()).AsByte();
            for (int bit = 0; bit < 128; bit++)
            {
                UInt128 one = UInt128.One << bit;
                Vector128<byte> other = key ^ Vector128.Create((ulong)one, (ulong)(one >> 64)).AsByte();
                flips[bit] += BitOperations.PopCount(Hash.Hash(key) ^ Hash.Hash(other));
                flips[bit] += BitOperations.PopCount(Word(Hash.Product(key, default)) ^ Word(Hash.Product(other, default)));
            }
        }

        Assert.All(flips, flipped => Assert.InRange(flipped / (64.0 * Samples), 0.48, 0.52));
    }

    private static PackedFlowKey Key(uint i) => PackedFlowKey.OfIpv4(IpProtocol.Tcp, i * 2_654_435_761, (ushort)i, i, 443);

    /// <summary>The last two vary the bytes of a diagonal and of a column of the cipher's first round.</summary>
    private static PackedFlowKey Pattern(int pattern, uint i) => pattern switch
    {
        0 => PackedFlowKey.OfIpv4(IpProtocol.Udp, 0x0a00_0001, (ushort)i, 0x0808_0808, 53),
        1 => PackedFlowKey.OfIpv4(IpProtocol.Udp, 0x0a00_0000 + i, 1000, 0x0808_0808, 53),
        2 => PackedFlowKey.OfIpv4(IpProtocol.Udp, i << 16, 1000, i << 16, 53),
        3 => PackedFlowKey.OfIpv4(IpProtocol.Udp, i, (ushort)i, i, (ushort)i),
        4 => PackedFlowKey.OfIpv4(IpProtocol.Udp, i & 0xff, 7, ((i >> 8) & 0xff) << 8, 53),
        _ => PackedFlowKey.OfIpv4(IpProtocol.Udp, ((i & 0xff) << 24) | ((i >> 8) << 16), 7, 1, 53),
    };

    private static int[] SearchLengths(int secret, ReadOnlySpan<PackedFlowKey> keys)
    {
        using var index = new FlowIndex(keys.Length, new FlowHash(KeyedRandom.FromSeed((ulong)secret)));
        var lengths = new int[keys.Length];
        foreach (PackedFlowKey key in keys) Assert.True(index.TryInsert(key, Value));
        for (int i = 0; i < lengths.Length; i++) lengths[i] = index.SearchLength(keys[i]);
        return lengths;
    }

    private static uint Find(FlowIndex index, PackedFlowKey key)
    {
        Span<uint> values = stackalloc uint[FlowIndex.MaxEqual];
        return index.FindAll(key, values) == 0 ? 0 : values[0];
    }

    private static Vector128<byte> Bytes(PackedFlowKey key) => Unsafe.BitCast<PackedFlowKey, Vector128<byte>>(key);

    private static uint Word(Vector128<byte> hash) => hash.AsUInt32().ToScalar();
}
