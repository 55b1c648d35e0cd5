using Xunit;

namespace Appliance.Engine.Tests.Steering;

public sealed class IndirectionTableTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100)]
    public void A_number_of_buckets_that_is_no_power_of_two_is_refused(int buckets) =>
        Assert.Throws<ArgumentException>(() => IndirectionTable.Even(buckets, workers: 2));

    [Fact]
    public void The_initial_table_gives_bucket_i_to_worker_i_modulo_the_workers()
    {
        IndirectionTable table = IndirectionTable.Even(128, workers: 3);
        Assert.Equal(128, table.Buckets);
        for (ushort bucket = 0; bucket < 128; bucket++)
            Assert.Equal(bucket % 3, table.OwnerOf(bucket));
    }

    [Theory]
    [InlineData(1, 0xffff_ffff, 0)]
    [InlineData(128, 0x1234_5680, 0)]
    [InlineData(128, 0x1234_56ff, 127)]
    [InlineData(4096, 0x1234_5fff, 4095)]
    public void The_low_bits_of_the_hash_choose_the_bucket(int buckets, uint hash, int bucket) =>
        Assert.Equal(bucket, IndirectionTable.Even(buckets, workers: 1).BucketOf(hash));

    [Fact]
    public void A_table_made_by_hand_gives_each_bucket_to_the_owner_it_was_told()
    {
        IndirectionTable table = new([1, 0]);
        Assert.Equal([1, 0], table.Owners);
        Assert.Equal(1, table.OwnerOf(0));
    }
}
