using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Management.Tests.Capturing;

/// <summary>Filters in the words of pcap-filter(7).</summary>
public sealed class CaptureFilterTests
{
    private static readonly byte[] Web = BoxFrames.Tcp("192.168.1.10", 40_000, "198.51.100.7", 443, TcpFlags.Syn);
    private static readonly byte[] Name = BoxFrames.Udp("192.168.1.10", 5353, "192.168.1.1", 53);
    private static readonly byte[] Six = TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Udp(500, 500));
    private static readonly byte[] Echo = TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.EchoRequest(7));
    private static readonly byte[] Tagged = TestFrames.Tagged(BoxFrames.Tcp("10.0.0.1", 1, "10.0.0.2", 22, TcpFlags.Syn), 20);
    private static readonly byte[] Other = TestFrames.Ethernet((EtherType)0x88cc, new byte[46]);

    /// <summary>Workers ask it, on stacks of any size: this one has 256 KiB.</summary>
    [Theory]
    [InlineData("ip or ", "udp", true)]
    [InlineData("udp ", "tcp", false)]
    public void However_many_questions_there_are_none_is_asked_within_another(string repeated, string last, bool expected)
    {
        string text = string.Concat(Enumerable.Repeat(repeated, (CaptureFilter.MaximumLength / repeated.Length) - 1)) + last;
        bool? matches = null;
        var small = new Thread(
            () => matches = CaptureFilter.TryParse(text, out CaptureFilter filter, out _) ? filter.Matches(Six) : null, 256 << 10);
        small.Start();
        small.Join();
        Assert.Equal(expected, matches);
    }

    [Theory]
    [InlineData("", "web name six echo tagged other")]
    [InlineData("tcp", "web tagged")]
    [InlineData("udp", "name six")]
    [InlineData("ip", "web name echo tagged")]
    [InlineData("ip6", "six")]
    [InlineData("icmp", "echo")]
    [InlineData("host 192.168.1.10", "web name")]
    [InlineData("src host 192.168.1.1", "")]
    [InlineData("dst host 192.168.1.1", "name")]
    [InlineData("192.168.1.1", "name")]
    [InlineData("net 10.0.0.0/8", "echo tagged")]
    [InlineData("10.0.0.0/8 and not icmp", "tagged")]
    [InlineData("host 2001:db8::2", "six")]
    [InlineData("net 2001:db8::/32", "six")]
    [InlineData("port 443", "web")]
    [InlineData("port https or domain", "web name")]
    [InlineData("tcp port 53", "")]
    [InlineData("udp dst port 53", "name")]
    [InlineData("src port 443", "")]
    [InlineData("portrange 400-600", "web six")]
    [InlineData("vlan", "tagged")]
    [InlineData("vlan 20 and port 22", "tagged")]
    [InlineData("vlan 21", "")]
    [InlineData("not (tcp or udp)", "echo other")]
    [InlineData("! ip && !ip6", "other")]
    [InlineData("proto 17", "name six")]
    [InlineData("proto udp and ip", "name")]
    [InlineData("host 10.0.0.1 and 10.0.0.2", "echo tagged")]
    [InlineData("tcp or udp and port 53", "name")]
    [InlineData("less 60", "web tagged other")]
    [InlineData("greater 61", "name six echo")]
    [InlineData("ether src 02:00:5e:00:53:01", "web name six echo tagged other")]
    [InlineData("src net 192.168.0.0/16 and dst net 198.51.100.0/24", "web")]
    public void It_means_these_frames(string text, string frames)
    {
        Assert.True(CaptureFilter.TryParse(text, out CaptureFilter filter, out string error), error);
        (string Key, byte[] Frame)[] all =
            [("web", Web), ("name", Name), ("six", Six), ("echo", Echo), ("tagged", Tagged), ("other", Other)];
        Assert.Equal(frames, string.Join(' ', all.Where(one => filter.Matches(one.Frame)).Select(one => one.Key)));
    }

    [Theory]
    [InlineData("host", "column 5: expected an address, a network or a port")]
    [InlineData("host www.example.com", "column 6: 'www.example.com' is no host (names are not looked up)")]
    [InlineData("port 70000", "column 6: '70000' is no port (names are not looked up)")]
    [InlineData("portrange 9-5", "column 11: '9-5' is no portrange (names are not looked up)")]
    [InlineData("tcp[13] & 2 != 0", "column 1: 'tcp[13]' is no address, network or word of a filter (names are not looked up)")]
    [InlineData("(tcp", "column 5: expected ')'")]
    [InlineData("tcp )", "column 5: expected 'and' or 'or'")]
    [InlineData("tcp or", "column 7: expected an address, a network or a port")]
    [InlineData("less than", "column 6: expected a length")]
    public void What_is_none_is_refused_with_its_column(string text, string error)
    {
        Assert.False(CaptureFilter.TryParse(text, out _, out string found));
        Assert.Equal(error, found);
    }

    [Fact]
    public void Too_deep_is_refused() => Assert.False(CaptureFilter.TryParse(new string('(', 100_000), out _, out _));

    [Fact]
    public void No_frame_however_cut_is_too_short_to_be_asked()
    {
        const string Text = "tcp port 1 or icmp6 or ether host 02:00:5e:00:53:01 or vlan 7 or host 1.1.1.1";
        Assert.True(CaptureFilter.TryParse(Text, out CaptureFilter filter, out _));
        foreach (byte[] frame in new[] { Web, Name, Six, Echo, Tagged, Other })
        {
            for (int length = 0; length <= frame.Length; length++) filter.Matches(frame.AsSpan(0, length));
        }
    }
}
