using Appliance.Scenarios;
using Appliance.Testing;
using Xunit;

namespace Appliance.Tests;

/// <summary>Which frames must keep their order among one another.</summary>
public sealed class FlowNameTests
{
    private static readonly byte[] Plain = TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Udp(1, 2, 8));

    [Fact]
    public void Frames_of_one_flow_have_one_name_whatever_else_they_say()
    {
        byte[] other = TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Udp(1, 2, 99), ip => ip with { TimeToLive = 3 });
        Assert.Equal(FlowName.Of(Plain), FlowName.Of(other));
    }

    [Fact]
    public void Every_other_flow_and_the_other_direction_have_other_names()
    {
        byte[][] frames =
        [
            Plain,
            TestFrames.Tagged(Plain, 5),
            TestFrames.Ipv4("10.0.0.2", "10.0.0.1", TestTransport.Udp(2, 1, 8)),
            TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Udp(1, 3, 8)),
            TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Tcp(1, 2)),
            TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.EchoRequest(1)),
            TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.EchoRequest(2)),
            TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Icmp(3, 1, 0, Plain[14..])),
            TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Icmp(3, 1, 0, [.. Plain[14..34], 0, 7, 0, 7])),
            TestFrames.WithIpv4(Plain, 6, 0x20, 0),
            TestFrames.WithIpv4(Plain, 4, 9, 9, 0x20, 0),
            TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Udp(1, 2, 8)),
            TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.EchoRequestV6(1)),
            TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Icmpv6(1, 0, 0, Plain[14..])),
            TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Udp(1, 2, 8), null, TestExtension.Fragment(0, more: true)),
        ];
        Assert.Equal(frames.Length, frames.Select(frame => FlowName.Of(frame)).Distinct().Count());
    }

    [Fact]
    public void Fragments_belong_to_their_datagram()
    {
        byte[] first = TestFrames.WithIpv4(Plain, 6, 0x20, 0), last = TestFrames.WithIpv4(Plain, 6, 0, 1);
        Assert.Equal(FlowName.Of(first), FlowName.Of(last));
    }

    [Fact]
    public void Any_bytes_have_a_name()
    {
        var random = new Random(1);
        byte[][] seeds =
        [
            Plain, TestFrames.Tagged(Plain, 5, 6),
            TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Icmpv6(1, 0, 0, Plain[14..]), null, TestExtension.HopByHop),
            TestFrames.Ipv4("10.0.0.1", "10.0.0.2", TestTransport.Icmp(3, 1, 0, Plain[14..])),
        ];
        foreach (byte[] seed in seeds)
        {
            for (int length = 0; length <= seed.Length; length++)
                Assert.Equal(length < 14, FlowName.Of(seed.AsSpan(0, length)).Length == 0);
            for (int i = 0; i < 5000; i++)
            {
                byte[] frame = [.. seed];
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
                frame[random.Next(frame.Length)] = (byte)random.Next(256);
                int length = random.Next(frame.Length + 1);
                Assert.Equal(length < 14, FlowName.Of(frame.AsSpan(0, length)).Length == 0);
            }
        }
    }
}
