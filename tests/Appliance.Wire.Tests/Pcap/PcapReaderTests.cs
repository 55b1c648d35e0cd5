using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Wire.Tests.Pcap;

public sealed class PcapReaderTests
{
    private static readonly byte[] Packet = [1, 2, 3, 4, 5];

    [Theory]
    [InlineData(0xa1b2c3d4, false, 7_000)]
    [InlineData(0xa1b2c3d4, true, 7_000)]
    [InlineData(0xa1b23c4d, false, 7)]
    [InlineData(0xa1b23c4d, true, 7)]
    public void Both_resolutions_are_read_in_both_byte_orders(uint magic, bool bigEndian, long nanoseconds)
    {
        byte[] file = new CaptureBytes(bigEndian).PcapHeader(magic, linkType: 113).PcapRecord(1_700_000_000, 7, Packet, original: 99)
            .PcapRecord(uint.MaxValue, 999_999, []).ToArray();
        ReadCapture read = ReadCapture.All(file);
        Assert.Null(read.Damage);
        Assert.Equal(2, read.Records.Count);
        var first = new ReadRecord(
            "0102030405", 99, 1_700_000_000_000_000_000 + nanoseconds, LinkType.LinuxCooked, 0, 0, CaptureDirection.Unknown, End: 45);
        Assert.Equal(first, read.Records[0]);
        Assert.Equal((4_294_967_295_000_000_000 + (999_999 * nanoseconds / 7), ""), (read.Records[1].Time, read.Records[1].Hex));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Kuznetzovs_longer_record_header_is_passed_over(bool bigEndian)
    {
        ReadCapture read = ReadCapture.All(SampleCaptures.Build(bigEndian ? "pcap-kuznetzov-be" : "pcap-kuznetzov-le"));
        Assert.Null(read.Damage);
        Assert.Equal(3, read.Records.Count);
        Assert.Equal("01020304050607", read.Records[1].Hex);
        Assert.Equal(1_700_000_001_000_001_000, read.Records[1].Time);
    }

    [Theory]
    [InlineData(0x2400_0001, 4)]                                      // two words of 16 bits, and the bit that says so
    [InlineData(0x1400_0001, 2)]
    [InlineData(0x2000_0001, 0)]                                      // a length, and no bit
    [InlineData(0x0000_0001, 0)]
    public void The_check_sequence_is_announced_in_the_link_type_field(long field, int expected)
    {
        byte[] file = new CaptureBytes(bigEndian: false).PcapHeader(linkType: field).PcapRecord(0, 0, Packet).ToArray();
        ReadCapture read = ReadCapture.All(file);
        Assert.Equal((LinkType.Ethernet, expected), (read.Records[0].LinkType, read.Records[0].FcsLength));
    }

    [Fact]
    public void A_file_header_alone_is_a_sound_capture_of_nothing()
    {
        ReadCapture read = ReadCapture.All(new CaptureBytes(bigEndian: false).PcapHeader().ToArray());
        Assert.Empty(read.Records);
        Assert.Null(read.Damage);
    }

    [Theory]
    [InlineData("", "before it says what it is")]
    [InlineData("d4c3b2", "before it says what it is")]
    [InlineData("d4c3b2a1", "within the file header")]
    [InlineData("d4c3b2a103000400000000000000000000000400010000000", "version 3.4")]
    [InlineData("1f8b08000000", "gzip")]
    [InlineData("474946383961", "neither pcap nor pcapng begins with 47494638")]
    public void What_is_not_a_capture_is_refused_in_words(string hex, string words)
    {
        ReadCapture read = ReadCapture.All(Convert.FromHexString(hex.Length % 2 == 0 ? hex : hex + "0"));
        Assert.Empty(read.Records);
        Assert.Equal(0, read.Damage!.Value.ByteOffset);
        Assert.Contains(words, read.Damage.Value.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_over_the_limit_is_damage_and_one_at_the_limit_is_read()
    {
        byte[] largest = new byte[CaptureReader.MaxRecordLength];
        largest[^1] = 0x5a;
        byte[] file = new CaptureBytes(bigEndian: false).PcapHeader().PcapRecord(0, 0, largest)
            .U32(0).U32(0).U32(CaptureReader.MaxRecordLength + 1).U32(64).Raw(Packet).ToArray();
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));
        Assert.True(reader.TryRead(out CaptureRecord record));
        Assert.True(record.Bytes.SequenceEqual(largest));
        Assert.False(reader.TryRead(out _));
        Assert.Equal(24 + 16 + CaptureReader.MaxRecordLength, reader.Damage!.Value.ByteOffset);
        Assert.Contains("16777217", reader.Damage.Value.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_stream_throws_passes_through()
    {
        using CaptureReader reader = CaptureReader.Open(new FailingStream(new CaptureBytes(bigEndian: false).PcapHeader().ToArray()));
        Assert.Throws<IOException>(() => reader.TryRead(out _));
    }

    [Fact]
    public void The_stream_is_closed_with_the_reader_unless_it_is_to_stay_open()
    {
        var stream = new MemoryStream(SampleCaptures.Build("pcap-us-le"));
        CaptureReader.Open(stream, leaveOpen: true).Dispose();
        Assert.True(stream.CanRead);
        CaptureReader.Open(stream).Dispose();
        Assert.False(stream.CanRead);
    }

    private sealed class FailingStream(byte[] first) : MemoryStream(first)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, count) is var got && got > 0 ? got : throw new IOException("the disk is gone");
    }
}
