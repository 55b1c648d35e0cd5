using System.Runtime.InteropServices;
using Xunit;

namespace Appliance.Engine.Tests.Steering;

/// <summary>The hash of whole batches, by GFNI and by table, against the hash of one tuple.</summary>
public sealed class ToeplitzBatchTests
{
    private const int Seed = 3;
    private const int Largest = 70;                                     // four whole groups of the kernel, and some more
    private const int Room = 64;                                        // bytes from one tuple to the next
    private const int Front = 8;                                        // bytes in front of the first

    private readonly byte[] _memory = GC.AllocateArray<byte>((Largest + 1) * Room, pinned: true);

    private delegate void Batch(ReadOnlySpan<nint> tuples, bool ordered, Span<uint> hashes);

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_batch_of_any_size_hashes_each_tuple_as_it_is_hashed_alone(bool v6, bool ordered)
    {
        var random = new Random(Seed);
        for (int tuples = 0; tuples <= Largest; tuples++)
        {
            ToeplitzHash hash = RandomHash(random);
            Batch batch = v6 ? hash.HashIpv6 : hash.HashIpv4, byTable = v6 ? hash.HashIpv6ByTable : hash.HashIpv4ByTable;
            FillWithTuples(random, v6 ? 16 : 4);
            uint[] expected = [.. Enumerable.Range(0, tuples).Select(tuple => hash.Hash(Plain(tuple, v6, ordered)))];
            Assert.Equal(expected, Run(batch, tuples, ordered));
            Assert.Equal(expected, Run(byTable, tuples, ordered));
        }
    }

    [Fact]
    public void The_verification_suite_of_the_standard_comes_out()
    {
        var hash = new ToeplitzHash(RssKey.Microsoft);
        foreach (ToeplitzVector vector in ToeplitzVector.All)
        {
            byte[] bytes = vector.AllBytes;
            bytes.CopyTo(_memory.AsSpan(Front));
            bool v6 = bytes.Length == ToeplitzHash.MaxInputLength;
            Assert.Equal([vector.AddressesAndPorts], Run(v6 ? hash.HashIpv6 : hash.HashIpv4, 1, ordered: false));
            Assert.Equal([vector.AddressesAndPorts], Run(v6 ? hash.HashIpv6ByTable : hash.HashIpv4ByTable, 1, ordered: false));
        }
    }

    [Fact]
    public void Ports_of_zero_add_nothing()
    {
        var random = new Random(Seed + 2);
        ToeplitzHash hash = RandomHash(random);
        random.NextBytes(_memory);
        _memory.AsSpan(Front + 8, 4).Clear();
        Assert.Equal([hash.Hash(_memory.AsSpan(Front, 8))], Run(hash.HashIpv4, 1, ordered: false));
    }

    [Fact]
    public void Too_little_room_for_the_hashes_is_refused()
    {
        var hash = new ToeplitzHash(RssKey.Microsoft);
        Assert.Throws<ArgumentOutOfRangeException>(() => hash.HashIpv4(new nint[2], ordered: false, new uint[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => hash.HashIpv6(new nint[17], ordered: false, new uint[16]));
    }

    /// <summary>What stands behind the last hash must stay as it is.</summary>
    private uint[] Run(Batch batch, int tuples, bool ordered)
    {
        nint[] addresses = [.. Enumerable.Range(0, tuples).Select(AddressOf)];
        var hashes = new uint[tuples + 16];
        Array.Fill(hashes, 0xdeadbeef);
        batch(addresses, ordered, hashes);
        Assert.All(hashes[tuples..], rest => Assert.Equal(0xdeadbeef, rest));
        return hashes[..tuples];
    }

    private nint AddressOf(int tuple) => Marshal.UnsafeAddrOfPinnedArrayElement(_memory, (tuple * Room) + Front);

    /// <summary>Random ones, among them equal addresses, equal ports, and addresses that differ in one byte.</summary>
    private void FillWithTuples(Random random, int addressLength)
    {
        random.NextBytes(_memory);
        for (int tuple = 0; tuple < Largest; tuple++)
        {
            Span<byte> bytes = _memory.AsSpan((tuple * Room) + Front);
            if (random.Next(3) == 0) continue;
            bytes[..addressLength].CopyTo(bytes[addressLength..]);
            if (random.Next(2) == 0) bytes[addressLength + random.Next(addressLength)] ^= (byte)(1 << random.Next(8));
            if (random.Next(3) == 0) bytes.Slice(2 * addressLength, 2).CopyTo(bytes[((2 * addressLength) + 2)..]);
        }
    }

    /// <summary>The bytes that are to be hashed, the endpoints put in order one byte at a time.</summary>
    private byte[] Plain(int tuple, bool v6, bool ordered)
    {
        int length = v6 ? 16 : 4;
        byte[] bytes = _memory[((tuple * Room) + Front)..];
        byte[] source = bytes[..length], destination = bytes[length..(2 * length)];
        byte[] from = bytes[(2 * length)..((2 * length) + 2)], to = bytes[((2 * length) + 2)..((2 * length) + 4)];
        bool turn = ordered && source.Concat(from).ToArray().AsSpan().SequenceCompareTo(destination.Concat(to).ToArray()) > 0;
        return turn ? [.. destination, .. source, .. to, .. from] : [.. source, .. destination, .. from, .. to];
    }

    private static ToeplitzHash RandomHash(Random random)
    {
        var key = new byte[RssKey.Length];
        random.NextBytes(key);
        return new ToeplitzHash(new RssKey([.. key]));
    }
}
