using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Firewall.Attacks;

/// <summary>
/// ICMP messages that are taken for others: an echo with the identifier 0 found the state of neighbour discovery, which has none
/// (CVE-2024-6640); and two hosts with one identifier found one state.
/// </summary>
public sealed class MessageConfusionTests
{
    private const string Wan = "203.0.113.2", WanV6 = "2001:db8:2::2", Second = "192.168.1.11", SecondV6 = "2001:db8:1::11";

    /// <summary>Of ICMPv6: no identifier, or none that a state is told by. An NS between two hosts is a datagram like any other.</summary>
    public static TheoryData<byte, int> WithoutIdentifier
    {
        get
        {
            var all = new TheoryData<byte, int>();
            foreach (byte type in (byte[])[130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 141, 144, 146, 200, 255])
            {
                all.Add(type, 1);
                all.Add(type, 4);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(WithoutIdentifier))]
    public void An_echo_with_identifier_0_does_not_pass_by_the_state_of_another_message(byte type, int vcpus)
    {
        using var box = new Box(
            Boxes.Edge + Boxes.Ruleset + $"block all\npass in on lan inet6 proto icmp6 icmp6-type {type}\npass out on wan\n", vcpus);
        box.Send("lan", Message(type)).Forwarded("wan");
        box.Send("lan", Message(type)).Forwarded("wan");
        box.Send("lan", Message(128)).MustBeDropped("block");
        box.Send("wan", Reply(129)).MustBeDropped("block");
        box.Send("wan", Reply(128)).MustBeDropped("block");
    }

    [Theory]
    [MemberData(nameof(WithoutIdentifier))]
    public void Nor_does_another_message_pass_by_the_state_of_that_echo(byte type, int vcpus)
    {
        using var box = new Box(
            Boxes.Edge + Boxes.Ruleset + "block all\npass in on lan inet6 proto icmp6 icmp6-type echoreq\npass out on wan\n", vcpus);
        box.Send("lan", Message(128)).Forwarded("wan");
        box.Send("lan", Message(type)).MustBeDropped("block");
        box.Send("wan", Reply(type)).MustBeDropped("block");
        box.Send("wan", Reply(129)).Forwarded("lan");
    }

    [Theory]
    [InlineData(8, 0, 13, 14)]
    [InlineData(13, 14, 8, 0)]
    [InlineData(15, 16, 17, 18)]
    [InlineData(17, 18, 15, 16)]
    [InlineData(10, 9, 8, 0)]
    [InlineData(40, 40, 8, 0)]
    public void Queries_of_IPv4_with_one_identifier_are_flows_of_their_own(byte asked, byte answer, byte other, byte otherAnswer)
    {
        foreach (int vcpus in (int[])[1, 4])
        {
            using var box = new Box(
                Boxes.Edge + Boxes.Ruleset + $"block all\npass in on lan inet proto icmp icmp-type {asked}\npass out on wan\n", vcpus);
            box.Send("lan", Query(asked)).Forwarded("wan");
            box.Send("lan", Query(other)).MustBeDropped("block");
            box.Send("wan", Answer(otherAnswer)).MustBeDropped("block");
            if (asked is 8 or 13 or 15 or 17) box.Send("wan", Answer(answer)).Forwarded("lan");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Two_hosts_with_one_identifier_get_their_own_answers_in_either_family(int vcpus)
    {
        using var box = new Box(
            Boxes.Edge + Boxes.Ruleset + """
            nat on wan inet from 192.168.1.0/24 to any -> (wan)
            nat on wan inet6 from 2001:db8:1::/64 to any -> 2001:db8:2::2
            block in on wan
            pass on lan
            pass out on wan

            """, vcpus);
        for (ushort identifier = 0; identifier < 30; identifier++)
        {
            int one = Ask(box, Boxes.LanHost, identifier), other = Ask(box, Second, identifier);
            Assert.NotEqual(one, other);
            Assert.Equal(new Ends(Boxes.Outside, identifier, Second, identifier), Told(box, other));
            Assert.Equal(new Ends(Boxes.Outside, identifier, Boxes.LanHost, identifier), Told(box, one));
            int oneV6 = AskV6(box, Boxes.LanHostV6, identifier), otherV6 = AskV6(box, SecondV6, identifier);
            Assert.NotEqual(oneV6, otherV6);
            Assert.Equal(new Ends(Boxes.OutsideV6, identifier, SecondV6, identifier), ToldV6(box, otherV6));
            Assert.Equal(new Ends(Boxes.OutsideV6, identifier, Boxes.LanHostV6, identifier), ToldV6(box, oneV6));
        }
    }

    /// <summary>Where nobody is translated the hosts are told apart by their addresses; an answer to one is none to the other.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Without_translation_an_answer_is_for_who_asked(int vcpus)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "block all\npass in on lan\npass out on wan\n", vcpus);
        box.Send("lan", Query(8)).Forwarded("wan");
        box.Send("wan", TestFrames.Ipv4(Boxes.Outside, Second, TestTransport.EchoReply(0))).MustBeDropped("block");
        box.Send("wan", TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.EchoReply(1))).MustBeDropped("block");
        box.Send("wan", Answer(0)).Forwarded("lan");
    }

    private static int Ask(Box box, string from, ushort identifier)
    {
        Ends sent = Ends.Of(box.Send("lan", TestFrames.Ipv4(from, Boxes.Outside, TestTransport.EchoRequest(identifier))).Forwarded("wan"));
        Assert.Equal(Wan, sent.Source);
        return sent.SourcePort;
    }

    private static Ends Told(Box box, int identifier) => Ends.Of(
        box.Send("wan", TestFrames.Ipv4(Boxes.Outside, Wan, TestTransport.EchoReply((ushort)identifier))).Forwarded("lan"));

    private static int AskV6(Box box, string from, ushort identifier)
    {
        byte[] echo = TestFrames.Ipv6(from, Boxes.OutsideV6, TestTransport.EchoRequestV6(identifier));
        Ends sent = Ends.Of(box.Send("lan", echo).Forwarded("wan"));
        Assert.Equal(WanV6, sent.Source);
        return sent.SourcePort;
    }

    private static Ends ToldV6(Box box, int identifier) => Ends.Of(
        box.Send("wan", TestFrames.Ipv6(Boxes.OutsideV6, WanV6, TestTransport.EchoReplyV6((ushort)identifier))).Forwarded("lan"));

    private static byte[] Message(byte type) =>
        TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Icmpv6(type, 0, 0, new byte[16]), ip => ip with { HopLimit = 255 });

    private static byte[] Reply(byte type) =>
        TestFrames.Ipv6(Boxes.OutsideV6, Boxes.LanHostV6, TestTransport.Icmpv6(type, 0, 0, new byte[16]), ip => ip with { HopLimit = 255 });

    private static byte[] Query(byte type) => TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Icmp(type, 0, 0, new byte[12]));

    private static byte[] Answer(byte type) => TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.Icmp(type, 0, 0, new byte[12]));
}
