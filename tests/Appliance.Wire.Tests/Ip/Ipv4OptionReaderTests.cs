using Appliance.Wire.Ip;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ip;

public sealed class Ipv4OptionReaderTests
{
    [Fact]
    public void Every_option_is_read_with_its_place()
    {
        // Two no-operations, a loose source route, a record route, the end, and bytes behind it that are no options.
        byte[] options = Hex.Bytes("01 01 83 07 04 c0000201 07 03 04 00 ff ff");
        var reader = new Ipv4OptionReader(options);
        Assert.True(reader.MoveNext());
        Assert.Equal(Ipv4OptionType.LooseSourceRoute, reader.Current.Type);
        Assert.Equal(2, reader.Current.Offset);
        Assert.Equal("04c0000201", Convert.ToHexStringLower(reader.Current.Value));
        Assert.True(reader.Current.IsCopied);
        Assert.True(reader.Current.IsSourceRoute);
        Assert.True(reader.MoveNext());
        Assert.Equal(Ipv4OptionType.RecordRoute, reader.Current.Type);
        Assert.Equal(9, reader.Current.Offset);
        Assert.False(reader.Current.IsCopied);
        Assert.False(reader.Current.IsSourceRoute);
        Assert.False(reader.MoveNext());
        Assert.False(reader.IsMalformed);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("94040000", false)]
    [InlineData("83030400", true)]
    [InlineData("0189030400", true)]
    [InlineData("00830304", false)]
    public void Source_route_is_found_before_the_end_of_the_list(string options, bool isThere) =>
        Assert.Equal(isThere, Ipv4OptionReader.HasSourceRoute(Hex.Bytes(options)));

    [Theory]
    [InlineData("94")]
    [InlineData("9400")]
    [InlineData("9401")]
    [InlineData("94050000")]
    public void Malformed_option_ends_the_list_and_is_reported(string options)
    {
        var reader = new Ipv4OptionReader(Hex.Bytes(options));
        Assert.False(reader.MoveNext());
        Assert.True(reader.IsMalformed);
    }

    [Fact]
    public void Random_bytes_never_throw_and_options_stay_in_order_within_the_bytes()
    {
        var random = new Random(5);
        for (int round = 0; round < SeededValues.HostileRounds; round++)
        {
            byte[] options = random.NextOctets(random.Next(64));
            var reader = new Ipv4OptionReader(options);
            int end = 0;
            while (reader.MoveNext())
            {
                Assert.True(reader.Current.Offset >= end);
                end = reader.Current.Offset + 2 + reader.Current.Value.Length;
                Assert.True(end <= Math.Min(options.Length, Ipv4OptionReader.MaxLength));
            }
        }
    }
}
