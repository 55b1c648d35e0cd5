using System.Globalization;
using System.Text;
using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Wire.Tests.Pcap;

public sealed class CaptureWriterTests
{
    private const long Start = 1_700_000_000_123_456_789;

    [Fact]
    public void A_pcap_file_is_written_as_the_draft_draws_it()
    {
        byte[] written = Pcap(writer => writer.Write([0xaa, 0xbb, 0xcc], Start));
        byte[] expected = new CaptureBytes(bigEndian: false).U32(0xa1b23c4d).U16(2).U16(4).U32(0).U32(0).U32(262_144).U32(1)
            .U32(1_700_000_000).U32(123_456_789).U32(3).U32(3).Raw([0xaa, 0xbb, 0xcc]).ToArray();
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(written));
    }

    [Fact]
    public void A_pcapng_file_is_written_as_the_draft_draws_it()
    {
        byte[] written = Pcapng(writer =>
        {
            Assert.Equal(0, writer.AddInterface("wan"));
            writer.Write(0, [0xaa, 0xbb, 0xcc], Start, CaptureDirection.Inbound, "pass");
            writer.Write(0, [0xdd], Start);
        });
        byte[] expected = new CaptureBytes(bigEndian: false)
            .Block(0x0a0d0d0a, b => b.U32(0x1a2b3c4d).U16(1).U16(0).U32(-1).U32(-1).U16(4).U16(9).Raw("Appliance\0\0\0"u8).EndOfOptions())
            .Block(1, b => b.U16(1).U16(0).U32(262_144).U16(2).U16(3).Raw("wan\0"u8).U16(9).U16(1).Raw([9, 0, 0, 0]).EndOfOptions())
            .Block(6, b => b.U32(0).U32(Start >> 32).U32(Start & 0xffff_ffff).U32(3).U32(3).Raw([0xaa, 0xbb, 0xcc, 0])
                .U16(1).U16(4).Raw("pass"u8).U16(2).U16(4).U32(1).EndOfOptions())
            .Block(6, b => b.U32(0).U32(Start >> 32).U32(Start & 0xffff_ffff).U32(1).U32(1).Raw([0xdd, 0, 0, 0]))
            .ToArray();
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(written));
    }

    [Fact]
    public void What_was_written_is_read_back_whatever_its_length()
    {
        byte[] bytes = new byte[70_000];
        new Random(5).NextBytes(bytes);
        int[] lengths = [.. Enumerable.Range(0, 200), 1514, 9018, 65_535, 65_536, 65_549, 70_000];
        byte[] pcap = Pcap(writer => Array.ForEach(lengths, length => writer.Write(bytes.AsSpan(0, length), Start + length)));
        byte[] pcapng = Pcapng(writer =>
        {
            writer.AddInterface("wan");
            writer.AddInterface("lan", LinkType.Raw);
            foreach (int length in lengths)
            {
                string comment = new('ä', length % 50);
                writer.Write(length % 2, bytes.AsSpan(0, length), Start + length, (CaptureDirection)(length % 3), comment);
            }
        });
        foreach (byte[] file in new[] { pcap, pcapng })
        {
            ReadCapture read = ReadCapture.All(file);
            Assert.Null(read.Damage);
            Assert.Equal(lengths, read.Records.Select(r => r.OriginalLength));
            Assert.Equal(lengths.Select(length => Start + length), read.Records.Select(r => r.Time));
            Assert.All(read.Records, r => Assert.Equal(Convert.ToHexString(bytes.AsSpan(0, r.OriginalLength)), r.Hex));
        }

        List<ReadRecord> tagged = ReadCapture.All(pcapng).Records;
        Assert.All(tagged, r => Assert.Equal(r.OriginalLength % 2, r.InterfaceId));
        Assert.All(tagged, r => Assert.Equal(r.OriginalLength % 2 == 1 ? LinkType.Raw : LinkType.Ethernet, r.LinkType));
        Assert.All(tagged, r => Assert.Equal((CaptureDirection)(r.OriginalLength % 3), r.Direction));
    }

    [Fact]
    public void What_is_over_the_snap_length_is_cut_and_keeps_its_length()
    {
        byte[] packet = new byte[PcapWriter.SnapLength + 3];
        byte[] pcap = Pcap(writer => writer.Write(packet, 0));
        byte[] pcapng = Pcapng(writer => writer.Write(writer.AddInterface("a"), packet, 0));
        foreach (byte[] file in new[] { pcap, pcapng })
        {
            ReadRecord record = Assert.Single(ReadCapture.All(file).Records);
            Assert.Equal((PcapWriter.SnapLength, packet.Length), (record.Hex.Length / 2, record.OriginalLength));
        }
    }

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(long.MinValue, 0, 0)]
    [InlineData(long.MaxValue, 4_294_967_295_999_999_999, long.MaxValue)]
    public void Times_that_a_format_cannot_hold_are_clamped(long time, long inPcap, long inPcapng)
    {
        Assert.Equal(inPcap, ReadCapture.All(Pcap(writer => writer.Write([1], time))).Records[0].Time);
        Assert.Equal(inPcapng, ReadCapture.All(Pcapng(writer => writer.Write(writer.AddInterface("a"), [1], time))).Records[0].Time);
    }

    [Fact]
    public void A_comment_that_is_too_long_is_cut_between_characters()
    {
        byte[] file = Pcapng(writer => writer.Write(writer.AddInterface("a"), [1], 0, comment: new string('\u20ac', 40_000)));
        Assert.Null(ReadCapture.All(file).Damage);
        string text = Encoding.UTF8.GetString(file);
        Assert.Equal(PcapngWriter.MaxTextLength / 3, text.Count(c => c == '\u20ac'));
    }

    [Fact]
    public void A_packet_of_an_unknown_interface_is_an_error_of_the_caller() => Pcapng(writer =>
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Write(0, [], 0));
        writer.AddInterface("a");
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Write(1, [], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Write(-1, [], 0));
    });

    [Fact]
    public void Writing_allocates_nothing_per_packet()
    {
        byte[] packet = new byte[1514];
        using var pcap = new PcapWriter(Stream.Null);
        using var pcapng = new PcapngWriter(Stream.Null);
        int port = pcapng.AddInterface("wan");
        pcap.Write(packet, 1);
        pcapng.Write(port, packet, 1, CaptureDirection.Inbound, "block");
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            pcap.Write(packet, i);
            pcapng.Write(port, packet, i, CaptureDirection.Inbound, "block");
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Tshark_reads_what_was_written()
    {
        byte[] frame = Convert.FromHexString("02000000000102000000000208004500001c0000000040117cce0a0000010a000002003500350008e1b4");
        byte[] pcapng = Pcapng(writer =>
        {
            writer.AddInterface("wan");
            writer.AddInterface("lan");
            writer.Write(1, frame, Start, CaptureDirection.Outbound, "verdict: pass, rule edge.pf.conf:7 – ä€");
            writer.Write(0, frame, Start + 1, CaptureDirection.Inbound);
        });
        string[][] lines = ReadByTshark(
            pcapng, "frame.time_epoch", "frame.cap_len", "frame.interface_name", "frame.comment", "frame.packet_flags");
        Assert.Equal(["1700000000.123456789", "42", "lan", "verdict: pass, rule edge.pf.conf:7 – ä€", "0x00000002"], lines[0]);
        Assert.Equal(["1700000000.123456790", "42", "wan", "", "0x00000001"], lines[1]);
        lines = ReadByTshark(Pcap(writer => writer.Write(frame, Start)), "frame.time_epoch", "frame.cap_len", "frame.len", "ip.dst");
        Assert.Equal(["1700000000.123456789", "42", "42", "10.0.0.2"], Assert.Single(lines));
    }

    /// <summary>The files built by hand are what the drafts mean, or Wireshark and the reader under test err alike.</summary>
    [Theory]
    [InlineData("pcap-us-be")]
    [InlineData("pcap-ns-le")]
    [InlineData("pcap-kuznetzov-le")]
    [InlineData("pcapng-be")]
    [InlineData("pcapng-mixed")]
    public void Tshark_reads_the_samples_as_the_reader_does(string name)
    {
        byte[] file = SampleCaptures.Build(name);
        string[][] lines = ReadByTshark(file, "frame.time_epoch", "frame.cap_len", "frame.len", "frame.interface_id");
        List<ReadRecord> records = ReadCapture.All(file).Records;
        Assert.Equal(lines.Length, records.Count);
        foreach ((string[] line, ReadRecord record) in lines.Zip(records))
        {
            Assert.Equal((line[1], line[2]), ($"{record.Hex.Length / 2}", $"{record.OriginalLength}"));
            decimal time = line[0].Length > 0 ? decimal.Parse(line[0], CultureInfo.InvariantCulture) : 0;
            if (time != 0) Assert.Equal((long)(time * 1_000_000_000), record.Time);
        }
    }

    [Fact]
    public void Capinfos_finds_the_snap_length_and_the_resolution()
    {
        string path = Temporary(Pcap(writer => writer.Write(new byte[60], Start)));
        string report = Tshark.Run("capinfos", [path]);
        File.Delete(path);
        Assert.Contains("file hdr: 262144 bytes", report, StringComparison.Ordinal);
        Assert.Contains("nanoseconds (9)", report, StringComparison.Ordinal);
    }

    private static string[][] ReadByTshark(byte[] file, params string[] fields)
    {
        string path = Temporary(file);
        try
        {
            return Tshark.Read(path, fields);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Temporary(byte[] file)
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, file);
        return path;
    }

    private static byte[] Pcap(Action<PcapWriter> write)
    {
        var stream = new MemoryStream();
        using (var writer = new PcapWriter(stream)) write(writer);
        return stream.ToArray();
    }

    private static byte[] Pcapng(Action<PcapngWriter> write)
    {
        var stream = new MemoryStream();
        using (var writer = new PcapngWriter(stream)) write(writer);
        return stream.ToArray();
    }
}
