using Appliance.Wire.Tests.Support;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Wire.Tests.Transport;

public sealed class TcpOptionReaderTests
{
    [Fact]
    public void Options_of_a_common_handshake_are_read()
    {
        var reader = new TcpOptionReader(Hex.Bytes("020405b4 0402 080a0a0b0c0d01020304 01 030307"));
        Assert.True(reader.MoveNext());
        Assert.True(reader.Current.TryGetMaximumSegmentSize(out ushort segmentSize));
        Assert.Equal(1460, segmentSize);
        Assert.False(reader.Current.TryGetWindowScale(out _));
        Assert.True(reader.MoveNext());
        Assert.Equal(TcpOptionKind.SackPermitted, reader.Current.Kind);
        Assert.Equal(4, reader.Current.Offset);
        Assert.True(reader.Current.Value.IsEmpty);
        Assert.True(reader.MoveNext());
        Assert.True(reader.Current.TryGetTimestamps(out uint value, out uint echo));
        Assert.Equal(0x0a0b0c0du, value);
        Assert.Equal(0x01020304u, echo);
        Assert.True(reader.MoveNext());
        Assert.Equal(17, reader.Current.Offset);
        Assert.True(reader.Current.TryGetWindowScale(out byte shift));
        Assert.Equal(7, shift);
        Assert.False(reader.MoveNext());
        Assert.False(reader.IsMalformed);
    }

    [Fact]
    public void Selective_acknowledgment_has_its_whole_blocks_and_no_more()
    {
        var reader = new TcpOptionReader(Hex.Bytes("0512 00000001 00000002 00000003 00000004"));
        Assert.True(reader.MoveNext());
        Assert.Equal(2, reader.Current.SackBlockCount);
        Assert.True(reader.Current.TryGetSackBlock(1, out uint left, out uint right));
        Assert.Equal((3u, 4u), (left, right));
        Assert.False(reader.Current.TryGetSackBlock(2, out _, out _));
        Assert.False(reader.Current.TryGetSackBlock(-1, out _, out _));
    }

    [Theory]
    [InlineData("0203ff")]
    [InlineData("0302")]
    [InlineData("0809 00000000000000")]
    [InlineData("0509 00000000000000")]
    public void Known_option_of_another_length_has_no_value(string options)
    {
        var reader = new TcpOptionReader(Hex.Bytes(options));
        Assert.True(reader.MoveNext());
        Assert.False(reader.Current.TryGetMaximumSegmentSize(out _));
        Assert.False(reader.Current.TryGetWindowScale(out _));
        Assert.False(reader.Current.TryGetTimestamps(out _, out _));
        Assert.Equal(0, reader.Current.SackBlockCount);
    }

    [Theory]
    [InlineData("02")]
    [InlineData("0200")]
    [InlineData("0201")]
    [InlineData("010204ff")]
    public void Malformed_option_ends_the_list_and_is_reported(string options)
    {
        var reader = new TcpOptionReader(Hex.Bytes(options));
        Assert.False(reader.MoveNext());
        Assert.True(reader.IsMalformed);
    }

    [Fact]
    public void Random_bytes_never_throw_and_options_stay_in_order_within_the_bytes()
    {
        var random = new Random(10);
        for (int round = 0; round < SeededValues.HostileRounds; round++)
        {
            byte[] options = random.NextOctets(random.Next(64));
            for (int i = 1; i < options.Length; i += 2) options[i] &= 0x0f;
            var reader = new TcpOptionReader(options);
            int end = 0;
            while (reader.MoveNext())
            {
                Assert.True(reader.Current.Offset >= end);
                end = reader.Current.Offset + 2 + reader.Current.Value.Length;
                Assert.True(end <= Math.Min(options.Length, TcpOptionReader.MaxLength));
            }
        }
    }
}
