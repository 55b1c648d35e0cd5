using Appliance.Testing;
using Xunit;
using static Appliance.Node.Tests.Firewall.NatTests;
using Flags = Appliance.Wire.Transport.TcpFlags;

namespace Appliance.Node.Tests.Firewall.Attacks;

/// <summary>
/// ICMP errors whose outer packet and quotation do not go together (CVE-2019-5598: pf looked at the quotation and let the error go to
/// anybody). Each is tried on a connection that lives, and beside each stands the error that must pass.
/// </summary>
public sealed class ErrorConfusionTests
{
    private const string Wan = "203.0.113.2", Router = "198.51.100.99", RouterV6 = "2001:db8:99::1", Other = "192.168.1.77";
    private const string OtherV6 = "2001:db8:1::77", WanV6 = "2001:db8:2::2";

    private const string Filter = "block all\npass in on lan\npass out on wan\n";
    private const string Nat = """
        nat on wan inet from 192.168.1.0/24 to any -> (wan)
        nat on wan inet6 from 2001:db8:1::/64 to any -> 2001:db8:2::2

        """ + Filter;

    public static TheoryData<string, int> All
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (string rules in (string[])[Filter, Nat])
            {
                foreach (int vcpus in (int[])[1, 4]) all.Add(rules, vcpus);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_error_goes_to_whom_its_quotation_says_sent_it_and_to_nobody_else(string rules, int vcpus)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + rules, vcpus);
        foreach (byte[] question in (byte[][])
            [
                Udp(Boxes.LanHost, 5000, Boxes.Outside, 53), Tcp(Boxes.LanHost, 5001, Boxes.Outside, 80, Flags.Syn, 1000),
                TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.EchoRequest(7)),
            ])
        {
            byte[] left = box.Send("lan", question).Forwarded("wan");
            string asker = Ends.Of(left).Source;
            foreach (string victim in (string[])[Other, "192.168.1.1", "203.0.113.77", asker == Wan ? Boxes.LanHost : Wan])
                box.Send("wan", Error(Router, victim, left)).MustBeDropped("block");
            Assert.Equal((Router, Boxes.LanHost), Addresses(box.Send("wan", Error(Router, asker, left)).Forwarded("lan")));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void So_it_is_in_IPv6(string rules, int vcpus)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + rules, vcpus);
        foreach (byte[] question in (byte[][])
            [
                TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(5000, 53, 8)),
                TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.EchoRequestV6(7)),
            ])
        {
            byte[] left = box.Send("lan", question).Forwarded("wan");
            string asker = Ends.Of(left).Source;
            foreach (string victim in (string[])[OtherV6, "2001:db8:1::1", "2001:db8:2::77", asker == WanV6 ? Boxes.LanHostV6 : WanV6])
                box.Send("wan", ErrorV6(RouterV6, victim, left)).MustBeDropped("block");
            Assert.Equal((RouterV6, Boxes.LanHostV6), Addresses(box.Send("wan", ErrorV6(RouterV6, asker, left)).Forwarded("lan")));
        }
    }

    [Theory]
    [InlineData("another protocol", 9, new byte[] { 6 })]
    [InlineData("another source", 12, new byte[] { 203, 0, 113, 77 })]
    [InlineData("another destination", 16, new byte[] { 198, 51, 100, 8 })]
    [InlineData("another source port", 20, new byte[] { 0x13, 0x89 })]
    [InlineData("another destination port", 22, new byte[] { 0, 54 })]
    [InlineData("a fragment behind the first", 6, new byte[] { 0, 1 })]
    [InlineData("a header that ends before it begins", 0, new byte[] { 0x41 })]
    [InlineData("a header longer than the quotation", 0, new byte[] { 0x4f })]
    [InlineData("IPv6 in the quotation's first byte", 0, new byte[] { 0x65 })]
    [InlineData("an error that quotes an error", 9, new byte[] { 1 })]
    public void A_quotation_that_is_not_of_the_flow_opens_nothing(string what, int offset, byte[] bytes)
    {
        foreach (int vcpus in (int[])[1, 4])
        {
            using var box = new Box(Boxes.Edge + Boxes.Ruleset + Filter, vcpus);
            byte[] left = box.Send("lan", Udp(Boxes.LanHost, 5000, Boxes.Outside, 53)).Forwarded("wan");
            byte[] wrong = TestFrames.With(left, 14 + offset, bytes);
            if (what.Contains("quotes an error", StringComparison.Ordinal)) wrong = TestFrames.With(wrong, 34, 3, 1);
            Seen seen = box.Send("wan", Error(Router, Boxes.LanHost, wrong));
            seen.MustBeDropped("block");
            Assert.Single(box.Send("wan", Error(Router, Boxes.LanHost, left)).LeftBy("lan"));
        }
    }

    /// <summary>RFC 5927 §4.1: who cannot hear the connection does not know where it stands.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_error_about_a_connection_must_know_a_number_that_was_sent(int vcpus)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + Nat, vcpus);
        byte[] left = box.Send("lan", Tcp(Boxes.LanHost, 5001, Boxes.Outside, 80, Flags.Syn, 0x4000_0000)).Forwarded("wan");
        foreach (byte[] guess in (byte[][])[[0, 0, 0, 0], [0x40, 0, 0x30, 0], [0xc0, 0, 0, 0], [0x3f, 0xff, 0, 0]])
            box.Send("wan", Error(Router, Wan, TestFrames.With(left, 38, guess))).MustBeDropped("block");
        box.Send("wan", Error(Router, Wan, left)).Forwarded("lan");
    }

    /// <summary>An error of one family that quotes the other.</summary>
    [Fact]
    public void An_error_quotes_its_own_family_alone()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + Filter);
        byte[] four = box.Send("lan", Udp(Boxes.LanHost, 5000, Boxes.Outside, 53)).Forwarded("wan");
        byte[] six = box.Send("lan", TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(5000, 53, 8))).Forwarded("wan");
        box.Send("wan", Error(Router, Boxes.LanHost, six)).MustBeDropped("block");
        box.Send("wan", ErrorV6(RouterV6, Boxes.LanHostV6, four)).MustBeDropped("block");
    }

    private static byte[] Error(string from, string to, byte[] quoted) =>
        TestFrames.Ipv4(from, to, TestTransport.Icmp(3, 1, 0, quoted.AsSpan(14, 28).ToArray()));

    private static byte[] ErrorV6(string from, string to, byte[] quoted) =>
        TestFrames.Ipv6(from, to, TestTransport.Icmpv6(1, 3, 0, quoted.AsSpan(14, Math.Min(48, quoted.Length - 14)).ToArray()));

    private static (string Source, string Destination) Addresses(byte[] frame) =>
        (Ends.Of(frame).Source, Ends.Of(frame).Destination);
}
