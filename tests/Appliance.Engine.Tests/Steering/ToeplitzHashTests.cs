using Xunit;

namespace Appliance.Engine.Tests.Steering;

public sealed class ToeplitzHashTests
{
    private static readonly RssKey Periodic = new([.. Enumerable.Repeat<byte[]>([0x6d, 0x5a], RssKey.Length / 2).SelectMany(pair => pair)]);

    [Fact]
    public void The_verification_suite_of_the_standard_comes_out()
    {
        var hash = new ToeplitzHash(RssKey.Microsoft);
        Assert.All(ToeplitzVector.All, vector => Assert.Equal(vector.Addresses, hash.Hash(vector.AddressBytes)));
        Assert.All(ToeplitzVector.All, vector => Assert.Equal(vector.AddressesAndPorts, hash.Hash(vector.AllBytes)));
    }

    [Fact]
    public void A_key_with_a_period_of_16_bits_comes_out_too()
    {
        var hash = new ToeplitzHash(Periodic);
        Assert.All(ToeplitzVector.All, vector => Assert.Equal(vector.PeriodicAddresses, hash.Hash(vector.AddressBytes)));
        Assert.All(ToeplitzVector.All, vector => Assert.Equal(vector.PeriodicAll, hash.Hash(vector.AllBytes)));
    }

    [Fact]
    public void It_equals_the_hash_taken_bit_by_bit_for_any_key_and_every_length()
    {
        var random = new Random(40);
        var bytes = new byte[RssKey.Length];
        for (int keys = 0; keys < 50; keys++)
        {
            random.NextBytes(bytes);
            var key = new RssKey([.. bytes]);
            var hash = new ToeplitzHash(key);
            for (int length = 0; length <= ToeplitzHash.MaxInputLength; length++)
            {
                var input = new byte[length];
                random.NextBytes(input);
                Assert.Equal(BitSerial(key, input), hash.Hash(input));
            }
        }
    }

    [Fact]
    public void It_is_linear_over_exclusive_or()
    {
        var hash = new ToeplitzHash(RssKey.Microsoft);
        var random = new Random(41);
        for (int i = 0; i < 1000; i++)
        {
            byte[] left = new byte[36], right = new byte[36];
            random.NextBytes(left);
            random.NextBytes(right);
            byte[] both = [.. left.Zip(right, (a, b) => (byte)(a ^ b))];
            Assert.Equal(hash.Hash(left) ^ hash.Hash(right), hash.Hash(both));
        }
    }

    [Fact]
    public void Nothing_hashes_to_zero_and_so_do_zeros()
    {
        var hash = new ToeplitzHash(RssKey.Microsoft);
        Assert.Equal(0u, hash.Hash([]));
        Assert.Equal(0u, hash.Hash(new byte[36]));
    }

    [Fact]
    public void A_key_with_a_period_of_16_bits_is_symmetric_and_that_of_the_standard_is_not()
    {
        ToeplitzHash periodic = new(Periodic), standard = new(RssKey.Microsoft);
        foreach (ToeplitzVector vector in ToeplitzVector.All)
        {
            byte[] back = (vector with
            {
                Source = vector.Destination,
                SourcePort = vector.DestinationPort,
                Destination = vector.Source,
                DestinationPort = vector.SourcePort,
            }).AllBytes;
            Assert.Equal(periodic.Hash(vector.AllBytes), periodic.Hash(back));
            Assert.NotEqual(standard.Hash(vector.AllBytes), standard.Hash(back));
        }
    }

    /// <summary>
    /// "For each bit b in Input[] from left to right { if (b == 1) Result ^= (left-most 32 bits of K); shift K left 1 bit position }"
    /// (Windows network driver documentation, "RSS Hashing Functions").
    /// </summary>
    private static uint BitSerial(RssKey key, byte[] input)
    {
        bool[] bits = [.. key.Bytes.SelectMany(BitsOf)];
        uint result = 0;
        foreach (bool bit in input.SelectMany(BitsOf))
        {
            if (bit) result ^= bits.Take(32).Aggregate(0u, (word, next) => (word << 1) | (next ? 1u : 0u));
            bits = [.. bits.Skip(1), false];
        }

        return result;
    }

    private static IEnumerable<bool> BitsOf(byte value) => Enumerable.Range(0, 8).Select(bit => (value & (0x80 >> bit)) != 0);
}
