using Appliance.Wire.Tests.Support;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Wire.Tests.Transport;

public sealed class SctpViewTests
{
    // The INIT of zeek's communityid/sctp.pcap.
    private const string Packet =
        "0007 0007 00000000 3761a746 01000020 43232544 0000ffff 0011 0011 5cfe379f c0000004 000c000600050000";

    [Fact]
    public void Every_field_of_a_real_packet_is_read()
    {
        Assert.True(SctpView.TryParse(Hex.Bytes(Packet), out SctpView view));
        Assert.Equal(7, view.SourcePort);
        Assert.Equal(7, view.DestinationPort);
        Assert.Equal(0u, view.VerificationTag);
        Assert.Equal(0x3761a746u, view.Checksum);
        Assert.Equal(32, view.Chunks.Length);

        var reader = new SctpChunkReader(view.Chunks);
        Assert.True(reader.MoveNext());
        Assert.Equal(SctpChunkType.Initiation, reader.Current.Type);
        Assert.Equal(0, reader.Current.Flags);
        Assert.Equal(28, reader.Current.Value.Length);
        Assert.False(reader.MoveNext());
        Assert.False(reader.IsMalformed);
    }

    [Fact]
    public void Chunks_are_padded_to_four_and_the_last_one_need_not_be()
    {
        var reader = new SctpChunkReader(Hex.Bytes("0a000005 aa000000 00030006 bbcc"));
        Assert.True(reader.MoveNext());
        Assert.Equal("aa", Convert.ToHexStringLower(reader.Current.Value));
        Assert.True(reader.MoveNext());
        Assert.Equal(3, reader.Current.Flags);
        Assert.Equal("bbcc", Convert.ToHexStringLower(reader.Current.Value));
        Assert.False(reader.MoveNext());
        Assert.False(reader.IsMalformed);
    }

    [Theory]
    [InlineData("01")]
    [InlineData("010000")]
    [InlineData("01000000")]
    [InlineData("01000003")]
    [InlineData("01000005")]
    public void Malformed_chunk_ends_the_list_and_is_reported(string chunks)
    {
        var reader = new SctpChunkReader(Hex.Bytes(chunks));
        Assert.False(reader.MoveNext());
        Assert.True(reader.IsMalformed);
    }

    [Fact]
    public void Chunks_are_bounded()
    {
        byte[] chunks = new byte[(SctpChunkReader.MaxChunks + 1) * 4];
        for (int i = 3; i < chunks.Length; i += 4) chunks[i] = 4;
        var reader = new SctpChunkReader(chunks);
        int count = 0;
        while (reader.MoveNext()) count++;
        Assert.Equal(SctpChunkReader.MaxChunks, count);
        Assert.True(reader.IsMalformed);
    }

    [Fact]
    public void Random_bytes_never_throw_and_chunks_fit_in_the_bytes()
    {
        var random = new Random(12);
        for (int round = 0; round < SeededValues.HostileRounds; round++)
        {
            byte[] chunks = random.NextOctets(random.Next(100));
            for (int i = 2; i < chunks.Length; i += 4) chunks[i] = 0;
            for (int i = 3; i < chunks.Length; i += 4) chunks[i] &= 0x1f;
            var reader = new SctpChunkReader(chunks);
            int taken = 0;
            while (reader.MoveNext()) taken += 4 + reader.Current.Value.Length;
            Assert.True(taken <= chunks.Length);
        }
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(13);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            var fields = new SctpFields(random.NextUShort(), random.NextUShort(), random.NextUInt());
            byte[] bytes = random.NextOctets(SctpView.HeaderLength);
            fields.WriteTo(bytes);
            Assert.True(SctpView.TryParse(bytes, out SctpView view));
            Assert.Equal(fields, SctpFields.From(view));
            Assert.Equal(0u, view.Checksum);
        }
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        Truncation.IsRefused<SctpView>(SctpView.TryParse, Hex.Bytes(Packet), SctpView.HeaderLength);
}
