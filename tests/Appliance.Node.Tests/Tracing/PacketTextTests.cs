using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>Packets in one line: what is understood, what frame it makes, and what is said of what is not understood.</summary>
public sealed class PacketTextTests
{
    private const string WithPort = "ADDRESS:PORT, IPv6 as [ADDRESS]:PORT";

    private const string Letters = "TCP flags as letters, such as S, SA, PA, F or R";
    private const string Others = "ttl, len, id, type, code, df or the end";

    private static readonly MacAddress Sender = new(0x0200_0000_0001);

    [Fact]
    public void A_line_is_the_frame_that_it_describes()
    {
        MustMake("tcp 10.0.0.5:40000 > 1.1.1.1:443 S", TestFrames.Ipv4("10.0.0.5", "1.1.1.1", Tcp(40000, 443, TcpFlags.Syn)));
        MustMake("tcp 10.0.0.5:40000 > 1.1.1.1:443", TestFrames.Ipv4("10.0.0.5", "1.1.1.1", Tcp(40000, 443, TcpFlags.Syn)));
        MustMake("udp 10.0.0.5:0 > 1.1.1.1:65535", TestFrames.Ipv4("10.0.0.5", "1.1.1.1", TestTransport.Udp(0, 65535)));
        MustMake("udp 10.0.0.5:1 > 1.1.1.1:2 ttl 3 len 5 id 7", TestFrames.Ipv4(
            "10.0.0.5", "1.1.1.1", TestTransport.Udp(1, 2, new byte[5]), ip => ip with { TimeToLive = 3, Identification = 7 }));
        MustMake("tcp [2001:db8::1]:1 > [2001:db8::2]:2 SA len 9", TestFrames.Ipv6(
            "2001:db8::1", "2001:db8::2", TestTransport.Tcp(Header(1, 2, TcpFlags.Syn | TcpFlags.Ack), new byte[9])));
        MustMake("icmp 10.0.0.5 > 1.1.1.1 id 77 len 4", TestFrames.Ipv4(
            "10.0.0.5", "1.1.1.1", TestTransport.Icmp(8, 0, 77u << 16, new byte[4])));
        MustMake("icmp 10.0.0.5 > 1.1.1.1 type 3 code 4", TestFrames.Ipv4("10.0.0.5", "1.1.1.1", TestTransport.Icmp(3, 4)));
        MustMake("icmp6 [fe80::1] > [ff02::1] id 1", TestFrames.Ipv6("fe80::1", "ff02::1", TestTransport.Icmpv6(128, 0, 1u << 16)));
        MustMake("icmp6 fe80::1 > ff02::1 id 1", TestFrames.Ipv6("fe80::1", "ff02::1", TestTransport.Icmpv6(128, 0, 1u << 16)));
        MustMake("icmp6 2001:db8::1 > 2001:db8::2 ttl 255 type 135 code 0", TestFrames.Ipv6(
            "2001:db8::1", "2001:db8::2", TestTransport.Icmpv6(135, 0), ip => ip with { HopLimit = 255 }));
        MustMake("47 10.0.0.5 > 1.1.1.1 len 20", TestFrames.Ipv4("10.0.0.5", "1.1.1.1", TestTransport.Raw(IpProtocol.Gre, new byte[20])));
        MustMake("17 10.0.0.5:1 > 1.1.1.1:2", TestFrames.Ipv4("10.0.0.5", "1.1.1.1", TestTransport.Udp(1, 2)));
        MustMake("udp 10.0.0.5:1 > 1.1.1.1:2 df ttl 9", TestFrames.Ipv4(
            "10.0.0.5", "1.1.1.1", TestTransport.Udp(1, 2), ip => ip with { TimeToLive = 9, DontFragment = true }));
        MustMake("vlan 20 udp 10.0.0.5:1 > 1.1.1.1:2", TestFrames.Tagged(
            TestFrames.Ipv4("10.0.0.5", "1.1.1.1", TestTransport.Udp(1, 2)), 20));
        MustMake("  udp   10.0.0.5:1\t>  1.1.1.1:2  ", TestFrames.Ipv4("10.0.0.5", "1.1.1.1", TestTransport.Udp(1, 2)));
    }

    [Theory]
    [InlineData("S", TcpFlags.Syn)]
    [InlineData("SA", TcpFlags.Syn | TcpFlags.Ack)]
    [InlineData("A", TcpFlags.Ack)]
    [InlineData(".", TcpFlags.Ack)]
    [InlineData("F", TcpFlags.Fin)]
    [InlineData("R", TcpFlags.Rst)]
    [InlineData("P.", TcpFlags.Psh | TcpFlags.Ack)]
    [InlineData("FPU", TcpFlags.Fin | TcpFlags.Psh | TcpFlags.Urg)]
    [InlineData("SEW", TcpFlags.Syn | TcpFlags.Ece | TcpFlags.Cwr)]
    public void Flags_are_letters_with_or_without_their_name(string letters, TcpFlags flags)
    {
        byte[] expected = TestFrames.Ipv4("10.0.0.5", "1.1.1.1", Tcp(1, 2, flags));
        MustMake($"tcp 10.0.0.5:1 > 1.1.1.1:2 {letters}", expected);
        MustMake($"tcp 10.0.0.5:1 > 1.1.1.1:2 flags {letters} ttl 64", expected);
    }

    [Theory]
    [InlineData("", "column 1: expected tcp, udp, icmp, icmp6, sctp or a protocol number, found the end")]
    [InlineData("tpc 1.1.1.1:1 > 2.2.2.2:2", "column 1: expected tcp, udp, icmp, icmp6, sctp or a protocol number, found 'tpc'")]
    [InlineData("256 1.1.1.1 > 2.2.2.2", "column 1: expected tcp, udp, icmp, icmp6, sctp or a protocol number, found '256'")]
    [InlineData("vlan 0 udp 1.1.1.1:1 > 2.2.2.2:2", "column 6: expected a VLAN from 1 to 4094, found '0'")]
    [InlineData("vlan 4095 udp 1.1.1.1:1 > 2.2.2.2:2", "column 6: expected a VLAN from 1 to 4094, found '4095'")]
    [InlineData("udp 1.1.1.1 > 2.2.2.2:2", "column 5: expected the source as " + WithPort + ", found '1.1.1.1'")]
    [InlineData("udp 1.1.1.1:65536 > 2.2.2.2:2", "column 5: expected the source with a port from 0 to 65535, found '1.1.1.1:65536'")]
    [InlineData("udp 1.1.1.1:1 > [::2]:70000", "column 17: expected the destination with a port from 0 to 65535, found '[::2]:70000'")]
    [InlineData("tcp 10.9.1.10.40000 > 1.1.1.1:443", "column 5: expected the source as 10.9.1.10:40000, found '10.9.1.10.40000'")]
    [InlineData("tcp [2001:db8::1]:1 > 2001:db8::2.44", "column 23: expected the destination as [2001:db8::2]:44, found '2001:db8::2.44'")]
    [InlineData("tcp 1.1.1.1.99999 > 1.1.1.1:443", "column 5: expected the source as " + WithPort + ", found '1.1.1.1.99999'")]
    [InlineData("icmp 1.1.1.1.5 > 2.2.2.2", "column 6: expected the source as an address without a port, found '1.1.1.1.5'")]
    [InlineData("udp 1.1.1:1 > 2.2.2.2:2", "column 5: expected the source as " + WithPort + ", found '1.1.1:1'")]
    [InlineData("udp ::1:80 > [::2]:2", "column 5: expected the source as " + WithPort + ", found '::1:80'")]
    [InlineData("udp [[::1]]:80 > [::2]:2", "column 5: expected the source as " + WithPort + ", found '[[::1]]:80'")]
    [InlineData("udp [1.1.1.1]:80 > 2.2.2.2:2", "column 5: expected the source as " + WithPort + ", found '[1.1.1.1]:80'")]
    [InlineData("icmp 1.1.1.1:1 > 2.2.2.2", "column 6: expected the source as an address without a port, found '1.1.1.1:1'")]
    [InlineData("icmp [1.1.1.1] > 2.2.2.2", "column 6: expected the source as an address without a port, found '[1.1.1.1]'")]
    [InlineData("udp 1.1.1.1:1 2.2.2.2:2", "column 15: expected '>' between source and destination, found '2.2.2.2:2'")]
    [InlineData("udp 1.1.1.1:1", "column 14: expected '>' between source and destination, found the end")]
    [InlineData("udp 1.1.1.1:1 >", "column 16: expected the destination as " + WithPort + ", found the end")]
    [InlineData("udp 1.1.1.1:1 > [::2]:2", "column 17: expected a destination of the source's family, found '[::2]:2'")]
    [InlineData("icmp ::1 > ::2", "column 12: expected icmp with IPv4 and icmp6 with IPv6 addresses, found '::2'")]
    [InlineData("icmp6 1.1.1.1 > 2.2.2.2", "column 17: expected icmp with IPv4 and icmp6 with IPv6 addresses, found '2.2.2.2'")]
    [InlineData("udp 1.1.1.1:1 > 2.2.2.2:2 ttl 256", "column 31: expected a number from 0 to 255, found '256'")]
    [InlineData("udp 1.1.1.1:1 > 2.2.2.2:2 ttl", "column 30: expected a number from 0 to 255, found the end")]
    [InlineData("udp 1.1.1.1:1 > 2.2.2.2:2 len 9001", "column 31: expected a number from 0 to 9000, found '9001'")]
    [InlineData("udp 1.1.1.1:1 > 2.2.2.2:2 id -1", "column 30: expected a number from 0 to 65535, found '-1'")]
    [InlineData("udp 1.1.1.1:1 > 2.2.2.2:2 S", "column 27: expected ttl, len, id, type, code, df or the end, found 'S'")]
    [InlineData("udp 1.1.1.1:1 > 2.2.2.2:2 flags S", "column 27: expected ttl, len, id, type, code, df or the end, found 'flags'")]
    [InlineData("tcp 1.1.1.1:1 > 2.2.2.2:2 flags X", "column 33: expected " + Letters + ", found 'X'")]
    [InlineData("tcp 1.1.1.1:1 > 2.2.2.2:2 SX", "column 27: expected " + Letters + ", " + Others + ", found 'SX'")]
    [InlineData("tcp 1.1.1.1:1 > 2.2.2.2:2 syn", "column 27: expected " + Letters + ", " + Others + ", found 'syn'")]
    [InlineData("tcp 1.1.1.1:1 > 2.2.2.2:2 [S]", "column 27: expected " + Letters + ", " + Others + ", found '[S]'")]
    [InlineData("udp [::1]:1 > [::2]:2 df", "column 23: expected no df with IPv6, which has no such flag, found 'df'")]
    public void What_is_not_understood_is_named_with_its_column_and_what_would_be_right(string text, string expected)
    {
        Assert.False(PacketText.TryParse(text, out _, out string error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Every_length_and_family_gets_right_checksums()
    {
        foreach (string ends in (string[])["10.0.0.5{0} > 1.1.1.1{0}", "{1}2001:db8::5{2}{0} > {1}2001:db8::6{2}{0}"])
        {
            bool v6 = ends.Contains("db8", StringComparison.Ordinal);
            foreach (string protocol in (string[])["tcp", "udp", v6 ? "icmp6" : "icmp"])
            {
                bool ports = !protocol.StartsWith("icmp", StringComparison.Ordinal);
                string line = $"{protocol} {string.Format(ends, ports ? ":7" : "", ports ? "[" : "", ports ? "]" : "")}";
                for (int length = 0; length < 40; length++)
                {
                    byte[] frame = Make($"{line} len {length} id {length * 1500}");
                    FrameChecks.ChecksumsAreRight(frame);
                    Assert.Equal(14 + (v6 ? 40 : 20) + (protocol == "tcp" ? 20 : 8) + length, frame.Length);
                }
            }
        }
    }

    [Fact]
    public void A_udp_checksum_of_zero_is_written_as_all_ones()
    {
        // The source port is chosen so that the sum is all ones: RFC 768 sends its complement, zero, as all ones.
        byte[] one = Make("udp 10.0.0.5:0 > 1.1.1.1:2");
        int port = (one[40] << 8) | one[41];
        byte[] frame = Make($"udp 10.0.0.5:{port} > 1.1.1.1:2");
        Assert.Equal([0xff, 0xff], frame[40..42]);
        FrameChecks.ChecksumsAreRight(frame);
    }

    private static TestTransport Tcp(ushort source, ushort destination, TcpFlags flags) =>
        TestTransport.Tcp(Header(source, destination, flags), []);

    private static TcpFields Header(ushort source, ushort destination, TcpFlags flags) =>
        new() { SourcePort = source, DestinationPort = destination, Flags = flags, Window = 0xffff };

    private static byte[] Make(string text)
    {
        Assert.True(PacketText.TryParse(text, out PacketText packet, out string error), error);
        return PacketBuilder.Build(packet, TestFrames.Router);
    }

    private static void MustMake(string text, byte[] expected) =>
        Assert.Equal(TestFrames.WithMacs(expected, TestFrames.Router, Sender), Make(text));
}
