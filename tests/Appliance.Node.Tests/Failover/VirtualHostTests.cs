using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Node.Tests.Failover;

/// <summary>The data path of one of a pair: what is shared is its own while it is the virtual host, from one frame to the next.</summary>
public sealed class VirtualHostTests : IDisposable
{
    private const string Net = """
        ports:
          lan: {backend: pcap, addresses: [192.168.1.2/24, "2001:db8:1::2/64"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
        high-availability:
          carp:
            - {vhid: 1, port: lan, addresses: [192.168.1.254/24, "2001:db8:1::254/64"], password: secret}
            - {vhid: 2, port: wan, addresses: [203.0.113.10/24], password: secret}

        """;

    private static readonly MacAddress LanHost = new(0x0000_5e00_0101);

    private readonly VirtualHostTable _hosts = new();
    private readonly Box _box;

    public VirtualHostTests() => _box = new Box(Net, edit: options => options with
    {
        StrictMac = true,
        VirtualHosts = _hosts,
    });

    public void Dispose() => _box.Dispose();

    [Fact]
    public void The_gateway_forwards_while_it_is_master_and_hears_nothing_as_a_backup()
    {
        byte[] frame = TestFrames.WithMacs(
            TestFrames.Ipv4("192.168.1.10", "198.51.100.7", TestTransport.Udp(1, 2)), LanHost, TestFrames.Host);
        foreach (bool isMaster in new[] { false, true, false })
        {
            if (isMaster) _hosts[0].Hold(1);
            else _hosts[0].GiveUp(1);
            Seen seen = _box.Send("lan", frame);
            if (isMaster) seen.Forwarded("wan");
            else seen.MustBeDropped("not-for-us");
        }
    }

    [Fact]
    public void What_is_under_way_when_it_hands_over_still_finds_its_way_and_no_address_answers()
    {
        _hosts[0].Hold(1);
        _hosts[0].Linger(1);
        _box.Send("lan", TestFrames.WithMacs(
            TestFrames.Ipv4("192.168.1.10", "198.51.100.7", TestTransport.Udp(1, 2)), LanHost, TestFrames.Host)).Forwarded("wan");
        _box.Send("lan", ToPort(TestFrames.Ipv4("192.168.1.10", "192.168.1.254", TestTransport.EchoRequest(7)))).MustBeDropped("standby");
    }

    [Fact]
    public void What_a_state_translates_from_a_shared_address_is_under_way_too_and_nothing_else_to_it()
    {
        using var box = new Box(
            Net + "\n" + Boxes.Ruleset + "nat on wan inet from 192.168.1.0/24 to any -> 203.0.113.10 static-port\npass all\n",
            edit: options => options with { StrictMac = true, VirtualHosts = _hosts });
        var wan = new MacAddress(0x0000_5e00_0102);
        _hosts[0].Hold(1);
        _hosts[1].Hold(2);
        box.Send("lan", TestFrames.WithMacs(
            TestFrames.Ipv4("192.168.1.10", "198.51.100.7", TestTransport.Udp(5000, 53)), LanHost, TestFrames.Host)).Forwarded("wan");
        byte[] answer = Arriving("198.51.100.7", 53, 5000), stranger = Arriving("198.51.100.8", 9, 9);
        _hosts[1].Linger(2);
        box.Send("wan", answer).Forwarded("lan");
        box.Send("wan", stranger).MustBeDropped("standby");
        _hosts[1].GiveUp(2);
        box.Send("wan", answer).MustBeDropped("not-for-us");

        byte[] Arriving(string from, int port, int to) => TestFrames.WithMacs(
            TestFrames.Ipv4(from, "203.0.113.10", TestTransport.Udp((ushort)port, (ushort)to)), wan, TestFrames.Host);
    }

    [Theory]
    [InlineData("192.168.1.10", "192.168.1.254")]
    [InlineData("192.168.1.10", "203.0.113.10")]
    public void The_virtual_address_answers_echo_as_master_and_drops_in_silence_as_a_backup(string source, string target)
    {
        byte[] question = ToPort(TestFrames.Ipv4(source, target, TestTransport.EchoRequest(7)));
        _box.Send("lan", question).MustBeDropped("standby");
        _hosts[0].Hold(1);
        _hosts[1].Hold(2);
        _box.Send("lan", question).Answered("lan");
        _hosts[0].GiveUp(1);
        _hosts[1].GiveUp(2);
        _box.Send("lan", question).MustBeDropped("standby");
    }

    [Fact]
    public void So_does_one_of_IPv6()
    {
        byte[] question = ToPort(TestFrames.Ipv6("2001:db8:1::10", "2001:db8:1::254", TestTransport.EchoRequestV6(7)));
        _box.Send("lan", question).MustBeDropped("standby");
        _hosts[0].Hold(1);
        _box.Send("lan", question).Answered("lan");
    }

    [Fact]
    public void What_the_master_sends_from_it_is_no_martian_to_its_backup_and_one_to_the_master()
    {
        byte[] question = ToPort(TestFrames.Ipv4("192.168.1.254", "192.168.1.2", TestTransport.EchoRequest(7)));
        _box.Send("lan", question).Answered("lan");
        _hosts[0].Hold(1);
        _box.Send("lan", question).MustBeDropped("martian");
    }

    [Fact]
    public void Another_configuration_leaves_it_where_it_is()
    {
        _hosts[0].Hold(1);
        _box.Apply(Net.Replace("198.51", "198.52", StringComparison.Ordinal));
        _box.Send("lan", ToPort(TestFrames.Ipv4("192.168.1.10", "192.168.1.254", TestTransport.EchoRequest(7)))).Answered("lan");
    }

    private static byte[] ToPort(byte[] frame) => TestFrames.WithMacs(frame, Boxes.LanMac, TestFrames.Host);
}
