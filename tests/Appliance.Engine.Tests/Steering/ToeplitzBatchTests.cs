using System.Buffers.Binary;
using Xunit;

namespace Appliance.Engine.Tests.Steering;

/// <summary>The hash of whole batches, by GFNI and by table, against the hash of one tuple.</summary>
public sealed class ToeplitzBatchTests
{
    private const int Seed = 3;

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public void A_batch_hashes_each_tuple_as_it_is_hashed_alone(int wordCount)
    {
        var random = new Random(Seed);
        for (int round = 0; round < 50; round++)
        {
            ToeplitzHash hash = RandomHash(random);
            int tuples = random.Next(1, ToeplitzHash.BatchCapacity + 1);
            uint[] words = RandomWords(random, wordCount);
            var hashes = new uint[ToeplitzHash.BatchCapacity];
            hash.HashBatch(words, wordCount, tuples, hashes);
            for (int tuple = 0; tuple < tuples; tuple++)
                Assert.Equal(hash.Hash(BytesOf(words, wordCount, tuple)), hashes[tuple]);
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public void Without_gfni_the_table_gives_the_same(int wordCount)
    {
        var random = new Random(Seed + 1);
        ToeplitzHash hash = RandomHash(random);
        uint[] words = RandomWords(random, wordCount);
        var hashes = new uint[ToeplitzHash.BatchCapacity];
        hash.HashByTable(words, wordCount, ToeplitzHash.BatchCapacity, hashes);
        for (int tuple = 0; tuple < ToeplitzHash.BatchCapacity; tuple++)
            Assert.Equal(hash.Hash(BytesOf(words, wordCount, tuple)), hashes[tuple]);
    }

    [Fact]
    public void Words_of_zero_behind_a_tuple_add_nothing()
    {
        var random = new Random(Seed + 2);
        ToeplitzHash hash = RandomHash(random);
        uint[] words = RandomWords(random, 3);
        words.AsSpan(2 * ToeplitzHash.BatchCapacity).Clear();
        var hashes = new uint[ToeplitzHash.BatchCapacity];
        hash.HashBatch(words, 3, ToeplitzHash.BatchCapacity, hashes);
        for (int tuple = 0; tuple < ToeplitzHash.BatchCapacity; tuple++)
            Assert.Equal(hash.Hash(BytesOf(words, 2, tuple)), hashes[tuple]);
    }

    [Theory]
    [InlineData(65, 3, 192, 64)]
    [InlineData(64, 10, 640, 64)]
    [InlineData(64, 3, 191, 64)]
    [InlineData(1, 3, 192, 63)]
    public void What_would_be_read_or_written_beyond_an_array_is_refused(int tuples, int wordCount, int words, int hashes)
    {
        var hash = new ToeplitzHash(RssKey.Microsoft);
        Assert.Throws<ArgumentOutOfRangeException>(() => hash.HashBatch(new uint[words], wordCount, tuples, new uint[hashes]));
    }

    private static ToeplitzHash RandomHash(Random random)
    {
        var key = new byte[RssKey.Length];
        random.NextBytes(key);
        return new ToeplitzHash(new RssKey([.. key]));
    }

    private static uint[] RandomWords(Random random, int wordCount) =>
        [.. Enumerable.Range(0, wordCount * ToeplitzHash.BatchCapacity).Select(_ => (uint)random.NextInt64(1L << 32))];

    private static byte[] BytesOf(uint[] words, int wordCount, int tuple)
    {
        var bytes = new byte[wordCount * 4];
        for (int word = 0; word < wordCount; word++)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(word * 4), words[(word * ToeplitzHash.BatchCapacity) + tuple]);
        return bytes;
    }
}
