using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>What is never answered with an error (RFC 1812 §4.3.2.7, RFC 4443 §2.4 (e)), each beside what is.</summary>
public sealed class ErrorSilenceTests : IDisposable
{
    private const string NowhereV4 = "100.64.0.1", NowhereV6 = "2001:db8:eeee::1";

    private readonly Box _box = new(Boxes.Island);

    public void Dispose() => _box.Dispose();

    [Theory]
    [InlineData(3, true)]           // unreachable
    [InlineData(4, true)]           // source quench
    [InlineData(5, true)]           // redirect
    [InlineData(11, true)]          // time exceeded
    [InlineData(12, true)]          // parameter problem
    [InlineData(0, false)]          // echo reply
    [InlineData(8, false)]
    [InlineData(13, false)]         // timestamp
    [InlineData(14, false)]
    [InlineData(42, false)]         // extended echo
    public void Errors_cause_no_errors(int type, bool silent) =>
        Judge(TestFrames.Ipv4(Boxes.LanHost, NowhereV4, TestTransport.Icmp((byte)type, 0, 0, TestTransport.Pattern(28))), silent);

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(4, true)]
    [InlineData(100, true)]         // private experimentation, an error
    [InlineData(127, true)]
    [InlineData(137, true)]         // redirect
    [InlineData(128, false)]
    [InlineData(129, false)]
    [InlineData(135, false)]        // a solicitation between others
    [InlineData(200, false)]
    [InlineData(255, false)]
    public void Errors_cause_no_errors_in_Ipv6(int type, bool silent)
    {
        byte[] frame = TestFrames.Ipv6(Boxes.LanHostV6, NowhereV6, TestTransport.Icmpv6((byte)type, 0, 0, TestTransport.Pattern(48)));
        Judge(frame, silent);
        byte[] behind = TestFrames.Ipv6(
            Boxes.LanHostV6, NowhereV6, TestTransport.Icmpv6((byte)type, 0, 0, TestTransport.Pattern(48)), edit: null,
                TestExtension.DestinationOptions());
        Judge(behind, silent);
    }

    [Fact]
    public void An_icmp_message_too_short_to_tell_causes_none()
    {
        for (int length = 0; length < 8; length++)
        {
            Judge(TestFrames.Ipv4(Boxes.LanHost, NowhereV4, TestTransport.Raw(IpProtocol.Icmp, new byte[length])), silent: true);
            Judge(TestFrames.Ipv6(Boxes.LanHostV6, NowhereV6, TestTransport.Raw(IpProtocol.Icmpv6, new byte[length])), silent: true);
        }

        Judge(TestFrames.Ipv4(Boxes.LanHost, NowhereV4, TestTransport.Raw(IpProtocol.Icmp, new byte[8])), silent: false);
    }

    [Theory]
    [InlineData(0, true, false)]
    [InlineData(8, true, true)]
    [InlineData(8, false, true)]
    [InlineData(0, false, false)]
    public void Only_the_first_fragment_causes_an_error(int offset, bool more, bool silent)
    {
        Judge(TestFrames.Ipv4(Boxes.LanHost, NowhereV4, TestTransport.Udp(1, 2, 8), ip => ip with { FragmentOffsetBytes = offset,
            MoreFragments = more }), silent);
        Judge(TestFrames.Ipv6(
            Boxes.LanHostV6, NowhereV6, TestTransport.Udp(1, 2, 8), edit: null, TestExtension.Fragment(offset, more)), silent);
    }

    [Fact]
    public void A_first_fragment_of_an_error_causes_none()
    {
        Judge(TestFrames.Ipv4(
            Boxes.LanHost, NowhereV4, TestTransport.Icmp(3, 1, 0, new byte[32]), ip => ip with { MoreFragments = true }), silent: true);
        Judge(TestFrames.Ipv6(
            Boxes.LanHostV6, NowhereV6, TestTransport.Icmpv6(1, 0, 0, new byte[32]), edit: null, TestExtension.Fragment(0, more: true)),
                silent: true);
    }

    [Theory]
    [InlineData("224.0.0.5", "multicast")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("192.168.1.255", "broadcast")]
    [InlineData("240.0.0.1", "martian")]
    public void Group_addresses_cause_no_errors(string destination, string reason) =>
        _box.Send("lan", TestFrames.Ipv4(
            Boxes.LanHost, destination, TestTransport.Udp(1, 2), ip => ip with { TimeToLive = 1 })).MustBeDropped(reason);

    [Fact]
    public void Group_addresses_cause_no_errors_in_Ipv6_and_nor_do_group_frames()
    {
        _box.Send("lan", TestFrames.Ipv6(
            Boxes.LanHostV6, "ff0e::1", TestTransport.Udp(1, 2), ip => ip with { HopLimit = 1 })).MustBeDropped("multicast");
        byte[] group = TestFrames.With(TestFrames.Ipv6(Boxes.LanHostV6, NowhereV6, TestTransport.Udp(1, 2)), 0, 0x33);
        _box.Send("lan", group).MustBeDropped("l2-group");
    }

    [Fact]
    public void Impossible_sources_cause_no_errors()
    {
        _box.Send("lan", TestFrames.Ipv4("0.0.0.0", NowhereV4, TestTransport.Udp(1, 2))).MustBeDropped("martian");
        _box.Send("lan", TestFrames.Ipv6("::", NowhereV6, TestTransport.Udp(1, 2))).MustBeDropped("martian");
    }

    private void Judge(byte[] frame, bool silent)
    {
        Seen seen = _box.Wait(1_000_000_000).Send("lan", frame);
        if (silent) seen.MustBeDropped("no-route");
        else seen.RefusedWith("no-route", "lan");
    }
}
