using System.Text;
using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Firewall.Tests.Logging;

public sealed class LogJsonTests
{
    [Fact]
    public void A_segment_of_TCP()
    {
        byte[] frame = TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Tcp(1, 443, TcpFlags.Syn | TcpFlags.Ece, 3), ip => ip with
        {
            Identification = 9,
        });
        LogEntry entry = Logged.Of(frame) with { Packet = (0, 4), Tag = "BLUE" };
        Assert.Equal(
            """
            {"time":"2023-11-14T22:13:20.123456789Z","input":0,"packet":4,"vcpu":1,"port":"igb1.12","direction":"in","action":"block",
            "reason":"match","rule":"web","ruleNumber":7,"log":"pflog0","tag":"BLUE","ipVersion":4,"protocol":"tcp",
            "source":"10.0.0.1","destination":"10.0.0.2","length":43,"ttl":64,"tos":0,"id":9,"dontFragment":false,
            "sourcePort":1,"destinationPort":443,"tcp":{"flags":"SE","sequence":0,"acknowledgment":0,"window":65535}}
            """.ReplaceLineEndings(""),
            Encoding.UTF8.GetString(LogJson.Of(entry)));
    }

    [Fact]
    public void An_echo_in_IPv6_that_no_rule_matched()
    {
        byte[] frame = TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Icmpv6(128, 0, 0x04d2_0001), ip => ip with
        {
            TrafficClass = 0xb8, FlowLabel = 0x12345,
        });
        LogEntry entry = Logged.Of(frame) with { Rule = null, Reason = LogReason.Short, Nanoseconds = 5 };
        Assert.Equal(
            """
            {"time":"1970-01-01T00:00:00.000000005Z","vcpu":1,"port":"igb1.12","direction":"in","action":"block",
            "reason":"short","rule":null,"ipVersion":6,"protocol":"ipv6-icmp",
            "source":"2001:db8::1","destination":"2001:db8::2","length":48,"ttl":64,"tos":184,"flowLabel":74565,
            "icmp":{"type":128,"code":0,"name":"echoreq","id":1234,"sequence":1}}
            """.ReplaceLineEndings(""),
            Encoding.UTF8.GetString(LogJson.Of(entry)));
    }

    [Fact]
    public void A_fragment_says_where_it_belongs()
    {
        byte[] frame = TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Raw(Wire.Ip.IpProtocol.Tcp, new byte[24]), ip => ip with
        {
            FragmentOffsetBytes = 1480,
        });
        string line = Encoding.UTF8.GetString(LogJson.Of(Logged.Of(frame)));
        Assert.EndsWith("\"dontFragment\":false,\"fragmentOffset\":1480,\"moreFragments\":false}", line, StringComparison.Ordinal);
    }
}
