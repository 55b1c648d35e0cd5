using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// RFC 3704: off, loose (some route leads back) and strict (the route back leaves by the port it came in by), for each port by itself.
/// </summary>
public sealed class ReversePathTests
{
    private const string Guarded = """
        ports:
          off: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]}
          loose: {backend: pcap, addresses: [192.168.2.1/24, "2001:db8:2::1/64"], rpf: loose}
          strict: {backend: pcap, addresses: [192.168.3.1/24, "2001:db8:3::1/64"], rpf: strict}
          strict.7: {parent: strict, vlan: 7, addresses: [192.168.7.1/24, "2001:db8:7::1/64"], rpf: strict}
        routes:
          - {to: 10.3.0.0/16, via: 192.168.3.9}
          - {to: 10.13.0.0/16, via: [192.168.1.9, 192.168.3.9]}
          - {to: 10.66.0.0/16, blackhole: true}
          - {to: "2001:db8:a3::/48", via: "2001:db8:3::9"}
          - {to: "2001:db8:a66::/48", blackhole: true}

        """;

    [Theory]
    [InlineData("off", "172.31.0.1", true)]             // no route back, and nobody asks
    [InlineData("off", "10.66.0.1", true)]
    [InlineData("off", "192.168.3.5", true)]
    [InlineData("loose", "192.168.2.5", true)]
    [InlineData("loose", "192.168.1.5", true)]          // of another port
    [InlineData("loose", "10.3.0.1", true)]
    [InlineData("loose", "172.31.0.1", false)]
    [InlineData("loose", "10.66.0.1", false)]           // a route into nothing leads nowhere
    [InlineData("strict", "192.168.3.5", true)]
    [InlineData("strict", "10.3.255.255", true)]
    [InlineData("strict", "10.13.0.1", true)]           // one of its ways
    [InlineData("strict", "192.168.1.5", false)]
    [InlineData("strict", "192.168.7.5", false)]        // of its own sub-port
    [InlineData("strict", "10.66.0.1", false)]
    [InlineData("strict", "172.31.0.1", false)]
    [InlineData("strict.7", "192.168.7.5", true)]
    [InlineData("strict.7", "192.168.3.5", false)]
    [InlineData("strict.7", "10.3.0.1", false)]
    public void A_source_is_believed_as_far_as_its_port_does(string port, string source, bool believed) =>
        Judge(port, TestFrames.Ipv4(source, "10.3.0.77", TestTransport.Udp(1, 2)), believed);

    [Theory]
    [InlineData("off", "2001:db8:ffff::1", true)]
    [InlineData("loose", "2001:db8:1::5", true)]
    [InlineData("loose", "2001:db8:a3::1", true)]
    [InlineData("loose", "2001:db8:ffff::1", false)]
    [InlineData("loose", "2001:db8:a66::1", false)]
    [InlineData("strict", "2001:db8:a3::1", true)]
    [InlineData("strict", "2001:db8:1::5", false)]
    [InlineData("strict.7", "2001:db8:7::5", true)]
    [InlineData("strict.7", "2001:db8:3::5", false)]
    public void A_source_is_believed_as_far_as_its_port_does_in_Ipv6(string port, string source, bool believed) =>
        Judge(port, TestFrames.Ipv6(source, "2001:db8:a3::77", TestTransport.Udp(1, 2)), believed);

    [Theory]
    [InlineData("loose")]
    [InlineData("strict")]
    public void The_default_route_leads_back_to_everyone(string check)
    {
        string yaml = Boxes.Edge.Replace(
            "203.0.113.2/24, \"2001:db8:2::2/64\"]", $"203.0.113.2/24, \"2001:db8:2::2/64\"], rpf: {check}", StringComparison.Ordinal);
        using var box = new Box(yaml);
        box.Send("wan", TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.Udp(1, 2))).Forwarded("lan");
        box.Send("wan", TestFrames.Ipv6(Boxes.OutsideV6, Boxes.LanHostV6, TestTransport.Udp(1, 2))).Forwarded("lan");
        Seen inside = box.Send("wan", TestFrames.Ipv4("192.168.1.66", "203.0.113.77", TestTransport.Udp(1, 2)));
        if (check == "strict") inside.MustBeDropped("spoof");
        else inside.Forwarded("wan");
    }

    [Fact]
    public void The_appliance_itself_is_guarded_too()
    {
        using var box = new Box(Guarded);
        box.Send("strict", TestFrames.Ipv4("192.168.1.5", "192.168.3.1", TestTransport.EchoRequest(1))).MustBeDropped("spoof");
        box.Send("strict", TestFrames.Ipv4("192.168.3.5", "192.168.3.1", TestTransport.EchoRequest(1))).Answered("strict");
    }

    [Fact]
    public void A_link_local_host_has_no_route_and_is_on_the_link_it_came_from()
    {
        using var box = new Box(Guarded);
        box.Send("strict", TestFrames.Ipv6("fe80::5", "2001:db8:3::1", TestTransport.EchoRequestV6(1))).Answered("strict");
        box.Send("loose", TestFrames.Ipv4("169.254.5.5", "192.168.2.1", TestTransport.EchoRequest(1))).Answered("loose");
    }

    private static void Judge(string port, byte[] frame, bool believed)
    {
        using var box = new Box(Guarded);
        bool tagged = port == "strict.7";
        Seen seen = box.Send(tagged ? "strict" : port, tagged ? TestFrames.Tagged(frame, 7) : frame);
        if (believed) seen.Forwarded("strict");
        else seen.MustBeDropped("spoof");
    }
}
