using System.Collections.Immutable;
using Xunit;

namespace Appliance.Engine.Tests.Steering;

public sealed class RssKeyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(39)]
    [InlineData(41)]
    public void A_key_of_another_length_is_refused(int length) =>
        Assert.Throws<ArgumentException>(() => new RssKey([.. new byte[length]]));

    [Fact]
    public void A_secret_gives_one_key_and_another_secret_another()
    {
        ImmutableArray<byte> key = RssKey.From(KeyedRandom.FromSeed(1)).Bytes;
        Assert.Equal(key, RssKey.From(KeyedRandom.FromSeed(1)).Bytes);
        Assert.NotEqual(key, RssKey.From(KeyedRandom.FromSeed(2)).Bytes);
        Assert.True(key.Distinct().Count() > 20);
    }
}
