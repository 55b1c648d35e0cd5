using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Wire.Tests.Pcap;

public sealed class PcapngReaderTests
{
    private static readonly byte[] Packet = [1, 2, 3, 4, 5];

    [Theory]
    [InlineData("pcapng-le", 1)]
    [InlineData("pcapng-be", 1)]
    [InlineData("pcapng-mixed", 2)]
    public void Every_kind_of_packet_block_is_read_in_sections_of_both_byte_orders(string name, int sections)
    {
        ReadCapture read = ReadCapture.All(SampleCaptures.Build(name));
        Assert.Null(read.Damage);
        Assert.Equal(4 * sections, read.Records.Count);
        const string First = "0200000000010200000000020800450000140000000040110000C0000201C0000202AA", Second = "01020304050607";
        for (int section = 0; section < sections; section++)
        {
            ReadRecord enhanced = read.Records[4 * section], cut = read.Records[(4 * section) + 1];
            ReadRecord simple = read.Records[(4 * section) + 2], obsolete = read.Records[(4 * section) + 3];
            ReadRecord sent = Plain(First, 35, 1_700_000_000_000_000_001, enhanced.End) with { Direction = CaptureDirection.Outbound };
            Assert.Equal(sent, enhanced);
            Assert.Equal(Plain(Second, 70, 1_700_000_001_000_000_000, cut.End) with { LinkType = LinkType.Raw, InterfaceId = 1 }, cut);
            Assert.Equal(Plain(First, 35, cut.Time, simple.End), simple);
            Assert.Equal(Plain(Second, 7, (0x17979cfeL << 32) | 0x362a0001, obsolete.End), obsolete);
        }
    }

    [Theory]
    [InlineData(6, 1_700_000_000_123_456, 0, 1_700_000_000_123_456_000)]
    [InlineData(0, 1_700_000_000, 0, 1_700_000_000_000_000_000)]
    [InlineData(3, 1_700_000_000_123, 0, 1_700_000_000_123_000_000)]
    [InlineData(9, 1_700_000_000_123_456_789, 0, 1_700_000_000_123_456_789)]
    [InlineData(12, 1_700_000_000_123_456, 0, 1_700_000_000_123)]
    [InlineData(127, ulong.MaxValue, 0, 0)]
    [InlineData(0x80 | 20, 1048576UL * 1_700_000_000, 0, 1_700_000_000_000_000_000)]
    [InlineData(0x80 | 30, (3UL << 30) | (1 << 29), 0, 3_500_000_000)]
    [InlineData(0x80 | 127, ulong.MaxValue, 0, 0)]
    [InlineData(9, 5, 1_700_000_000, 1_700_000_000_000_000_005)]
    [InlineData(9, 5, -2, -1_999_999_995)]
    [InlineData(0, ulong.MaxValue, 0, long.MaxValue)]
    [InlineData(0, ulong.MaxValue, long.MaxValue, long.MaxValue)]
    [InlineData(9, 0, long.MinValue, long.MinValue)]
    public void Time_is_counted_in_the_unit_of_the_interface(int resolution, ulong count, long offset, long expected)
    {
        foreach (bool big in new[] { false, true })
        {
            byte[] offsetBytes = BitConverter.GetBytes(offset);
            if (big) Array.Reverse(offsetBytes);
            byte[] file = new CaptureBytes(big).Section().Interface(options: o => o.Option(9, [(byte)resolution]).Option(14, offsetBytes))
                .Enhanced(0, count, Packet).ToArray();
            ReadCapture read = ReadCapture.All(file);
            Assert.Null(read.Damage);
            Assert.Equal(expected, read.Records[0].Time);
        }
    }

    [Fact]
    public void Without_an_option_time_is_in_microseconds()
    {
        byte[] file = new CaptureBytes(bigEndian: false).Section().Interface().Enhanced(0, 1_700_000_000_000_001, Packet).ToArray();
        Assert.Equal(1_700_000_000_000_001_000, ReadCapture.All(file).Records[0].Time);
    }

    [Theory]
    [InlineData(4, 0, 4)]
    [InlineData(32, 0, 4)]                                            // bits, as the draft has it
    [InlineData(16, 0, 2)]
    [InlineData(0, 4 << 5, 4)]
    [InlineData(4, 2 << 5, 2)]                                        // the packet's own word overrides the interface's
    [InlineData(4, 1, 4)]
    public void The_check_sequence_is_announced_by_the_interface_or_the_packet(int interfaceLength, int flags, int expected)
    {
        byte[] file = new CaptureBytes(bigEndian: false).Section()
            .Interface(options: o => o.Option(13, [(byte)interfaceLength]).EndOfOptions())
            .Enhanced(0, 0, Packet, options: o => o.Flags(flags).EndOfOptions()).ToArray();
        Assert.Equal(expected, ReadCapture.All(file).Records[0].FcsLength);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(0, 5)]
    [InlineData(9, 5)]
    public void A_simple_packet_is_cut_at_the_snap_length_of_interface_0(int snapLength, int captured)
    {
        byte[] file = new CaptureBytes(bigEndian: false).Section().Interface(snapLength: snapLength)
            .Block(3, b => b.U32(5).Raw(Packet)).ToArray();
        ReadCapture read = ReadCapture.All(file);
        Assert.Equal((2 * captured, 5), (read.Records[0].Hex.Length, read.Records[0].OriginalLength));
    }

    [Fact]
    public void A_new_section_forgets_the_interfaces_of_the_last()
    {
        byte[] file = new CaptureBytes(bigEndian: false).Section().Interface().Enhanced(0, 0, Packet)
            .Section().Enhanced(0, 0, Packet).ToArray();
        ReadCapture read = ReadCapture.All(file);
        Assert.Single(read.Records);
        Assert.Contains("of interface 0, and the section has 0", read.Damage!.Value.Message, StringComparison.Ordinal);
        Assert.Equal(read.Records[0].End + 28, read.Damage.Value.ByteOffset);
    }

    [Fact]
    public void An_unknown_block_larger_than_any_buffer_is_passed_over()
    {
        byte[] file = new CaptureBytes(bigEndian: false).Section().Interface().Block(0x1234, b => b.Raw(new byte[300_000]))
            .Enhanced(0, 0, Packet).ToArray();
        long before = GC.GetAllocatedBytesForCurrentThread();
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));
        Assert.True(reader.TryRead(out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 80_000);
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "a section of another byte order magic", "no byte-order magic" },
        { "version 2", "version 2.0 of pcapng" },
        { "a short section", "a section header of 24 bytes is too short" },
        { "a length that is no multiple of 4", "a block cannot have 33 bytes" },
        { "a length below 12", "a block cannot have 8 bytes" },
        { "another length at the end", "says 99 at its end" },
        { "a captured length over the block", "a packet of 6000 bytes does not fit the 8" },
        { "a captured length over all limits", "over the limit of 16777216" },
        { "an option over the block", "an option of a packet is longer than its block" },
        { "an interface option over the block", "an option of an interface is longer than its block" },
        { "a time resolution of 2 bytes", "option 9 of an interface has 2 bytes and not 1" },
        { "a short interface", "an interface description is too short" },
        { "a short packet block", "a packet block is too short" },
        { "an empty simple packet", "a simple packet block is too short" },
        { "a block over the limit", "is over the limit of 17825792" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_block_ends_reading_behind_what_came_before_it(string what, string words)
    {
        CaptureBytes file = new CaptureBytes(bigEndian: false).Section().Interface().Enhanced(0, 0, Packet);
        int at = file.Length;
        ReadCapture read = ReadCapture.All(Break(file, what).Enhanced(0, 0, Packet).ToArray());
        Assert.Single(read.Records);
        Assert.Equal(at, read.Damage!.Value.ByteOffset);
        Assert.Contains(words, read.Damage.Value.Message, StringComparison.Ordinal);
        Assert.StartsWith($"damaged at byte {at}: ", read.Damage.Value.ToString(), StringComparison.Ordinal);
    }

    private static ReadRecord Plain(string hex, int original, long time, long end) =>
        new(hex, original, time, LinkType.Ethernet, 0, 0, CaptureDirection.Unknown, end);

    private static CaptureBytes Break(CaptureBytes file, string what) => what switch
    {
        "a section of another byte order magic" => file.Block(0x0a0d0d0a, b => b.U32(0x1a2b3c4e).U16(1).U16(0).U32(-1).U32(-1)),
        "version 2" => file.Block(0x0a0d0d0a, b => b.U32(0x1a2b3c4d).U16(2).U16(0).U32(-1).U32(-1)),
        "a short section" => file.Block(0x0a0d0d0a, b => b.U32(0x1a2b3c4d).U16(1).U16(0).U32(-1)),
        "a length that is no multiple of 4" => file.U32(6).U32(33).Raw(new byte[60]),
        "a length below 12" => file.U32(0x77).U32(8),
        "another length at the end" => file.U32(0x77).U32(16).U32(0).U32(99),
        "a captured length over the block" => file.Block(6, b => b.U32(0).U32(0).U32(0).U32(6000).U32(6000).Raw(new byte[8])),
        "a captured length over all limits" => file.Block(6, b => b.U32(0).U32(0).U32(0).U32(0x7fffffff).U32(60).Raw(new byte[8])),
        "an option over the block" => file.Enhanced(0, 0, Packet, options: o => o.U16(1).U16(50).Raw(new byte[8])),
        "an interface option over the block" => file.Interface(options: o => o.U16(1).U16(50).Raw(new byte[8])),
        "a time resolution of 2 bytes" => file.Interface(options: o => o.Option(9, [6, 0])),
        "a short interface" => file.Block(1, b => b.U32(1)),
        "a short packet block" => file.Block(6, b => b.U32(0).U32(0).U32(0).U32(0)),
        "an empty simple packet" => file.Block(3, _ => { }),
        _ => file.U32(6).U32(0x7ffffffc).Raw(new byte[64]),
    };
}
