using System.Globalization;
using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Wire.Tests.Pcap;

/// <summary>Captures of other projects, which stand beside the repository where its developers have them.</summary>
public sealed class SharedCapturesTests
{
    [Fact]
    public void Every_capture_has_the_packets_that_its_manifest_counts()
    {
        string folder = Folder();
        int files = 0, packets = 0;
        foreach (string line in File.ReadLines(Path.Combine(folder, "MANIFEST.tsv")).Skip(1))
        {
            string[] columns = line.Split('\t');
            ReadCapture read = ReadCapture.All(File.OpenRead(Path.Combine(folder, columns[0])));
            string found = $"{read.Records.Count} packets, link type {(int)read.Records[0].LinkType}";
            Assert.True(read.Damage is null, $"{columns[0]} {read.Damage}");
            Assert.Equal($"{columns[0]}: {columns[6]} packets, link type {columns[7]}", $"{columns[0]}: {found}");
            files++;
            packets += read.Records.Count;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{files} captures, {packets} packets");
        Assert.InRange(files, 70, int.MaxValue);
    }

    [Theory]
    [InlineData("zeek/http__bro.org.pcap")]
    [InlineData("zeek/wikipedia.pcap")]
    [InlineData("tcpdump/mptcp-v0.pcap")]
    [InlineData("tcpdump/bigtcp-ipv4.pcap")]
    [InlineData("tcpdump/ipv6-next-header-oobr-1.pcap")]
    [InlineData("synthetic/carp-v2-hostile.pcap")]
    public void Times_and_lengths_are_those_that_tshark_reads(string name)
    {
        string file = Path.Combine(Folder(), name);
        string[][] lines = Tshark.Read(file, "frame.time_epoch", "frame.cap_len", "frame.len");
        List<ReadRecord> records = ReadCapture.All(File.OpenRead(file)).Records;
        Assert.Equal(lines.Length, records.Count);
        for (int i = 0; i < lines.Length; i++)
        {
            long time = (long)(decimal.Parse(lines[i][0], CultureInfo.InvariantCulture) * 1_000_000_000);
            Assert.Equal((lines[i][1], lines[i][2]), ($"{records[i].Hex.Length / 2}", $"{records[i].OriginalLength}"));
            Assert.Equal(time, records[i].Time);
        }
    }

    [Fact]
    public void Every_packet_becomes_the_frame_that_was_captured_or_is_too_long()
    {
        string folder = Folder();
        byte[] destination = new byte[LinkLayerFraming.DestinationLength];
        var outcomes = new Dictionary<FramingOutcome, int>();
        foreach (string file in Directory.EnumerateFiles(folder, "*.pcap", SearchOption.AllDirectories))
        {
            using CaptureReader reader = CaptureReader.Open(File.OpenRead(file));
            while (reader.TryRead(out CaptureRecord record))
            {
                FramingOutcome outcome = LinkLayerFraming.Frame(record, FramingCases.Port, destination, out int length);
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
                if (record.LinkType != LinkType.Ethernet || outcome != FramingOutcome.Framed) continue;
                Assert.True(record.Bytes.SequenceEqual(destination.AsSpan(0, length)), file);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", outcomes.OrderBy(o => o.Key)));
        Assert.Equal(3, outcomes[FramingOutcome.FrameTooLong]);       // two frames of BIG TCP, one jumbogram
        Assert.DoesNotContain(FramingOutcome.UnknownLinkType, outcomes.Keys);
        Assert.DoesNotContain(FramingOutcome.LinkHeaderShort, outcomes.Keys);
    }

    private static string Folder()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Appliance.sln"))) root = root.Parent;
        Assert.SkipWhen(root is null, "the tests do not run within the repository");
        string folder = Path.Combine(root!.FullName, "..", "shared", "pcaps");
        Assert.SkipUnless(Directory.Exists(folder), "there is no ../shared/pcaps beside the repository");
        return folder;
    }
}
