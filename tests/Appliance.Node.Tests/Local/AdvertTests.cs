using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// Frames of CARP's protocol on the path: consumed where failover hears them, whatever the rules say, and nobody's elsewhere.
/// </summary>
public sealed class AdvertTests
{
    private const string Groups = "224.0.0.18", Groups6 = "ff02::12", Own = "192.168.1.1", Own6 = "2001:db8:1::1";
    private const string Pair = """
        high-availability:
          carp: [{vhid: 1, port: lan, addresses: [192.168.1.254/24], password: secret}]

        """;

    private static readonly TestTransport Advert = TestTransport.Raw(IpProtocol.Carp, [0x21, 1, 0, 7, 0, 1, 0, 0, .. new byte[28]]);

    [Theory]
    [InlineData(Groups)]
    [InlineData(Groups6)]
    [InlineData(Own)]
    [InlineData(Own6)]
    public void An_advert_where_a_group_is_is_consumed_and_no_rule_is_asked(string destination)
    {
        using var box = new Box(Boxes.Edge + Pair + Boxes.Ruleset + "block\n");
        box.Send("lan", Frame(destination)).MustBeConsumed();
    }

    [Theory]
    [InlineData(Groups)]
    [InlineData(Groups6)]
    public void Where_nobody_hears_one_it_is_for_a_group_that_is_not_here(string destination)
    {
        using var box = new Box(Boxes.Edge + Pair);
        box.Send("wan", Frame(destination, "203.0.113.9", "2001:db8:2::9")).MustBeDropped("multicast");
    }

    [Fact]
    public void What_a_lane_says_is_heard_at_the_port_of_sync()
    {
        const string Lane = """
            high-availability:
              carp: [{vhid: 1, port: lan, addresses: [192.168.1.254/24], password: secret}]
              sync: {port: wan, peer: 203.0.113.3, key-file: sync.key}

            """;
        using var box = new Box(Boxes.Edge + Lane);
        box.Send("wan", Frame("224.0.0.240", "203.0.113.3")).MustBeConsumed();
    }

    [Fact]
    public void Between_other_hosts_it_is_a_datagram_like_any_other()
    {
        using var box = new Box(Boxes.Edge + Pair);
        box.Send("lan", Frame(Boxes.Outside)).Forwarded("wan");
    }

    private static byte[] Frame(string destination, string v4 = "192.168.1.10", string v6 = "2001:db8:1::10") => destination.Contains(':')
        ? TestFrames.Ipv6(v6, destination, Advert)
        : TestFrames.Ipv4(v4, destination, Advert);
}
