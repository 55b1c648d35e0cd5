using Appliance.Testing;
using Xunit;
using static Appliance.Node.Tests.Replaying;

namespace Appliance.Node.Tests;

/// <summary>What a record must be to become a frame: its link type, its length, its completeness.</summary>
public sealed class RecordTests
{
    private static readonly byte[] Frame = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 30));
    private static readonly byte[] FrameV6 = TestFrames.Ipv6(Boxes.LanHostV6, Boxes.OutsideV6, TestTransport.Udp(1, 2, 30));

    [Theory]
    [InlineData(12)]
    [InlineData(14)]
    [InlineData(101)]
    public void Raw_datagrams_of_either_family_are_frames(int linkType)
    {
        byte[] capture = WithLinkType(Capture((0, Frame[14..]), (1, FrameV6[14..])), (uint)linkType);
        MustLeave(Run(Boxes.Edge, 2, ("lan", capture)), Frame, FrameV6);
    }

    [Fact]
    public void Raw_datagrams_of_one_family_are_frames()
    {
        MustLeave(Run(Boxes.Edge, 2, ("lan", WithLinkType(Capture((0, Frame[14..])), 228))), Frame);
        MustLeave(Run(Boxes.Edge, 2, ("lan", WithLinkType(Capture((0, FrameV6[14..])), 229))), FrameV6);
    }

    [Theory]
    [InlineData(0, new byte[] { 2, 0, 0, 0 }, new byte[] { 30, 0, 0, 0 })]
    [InlineData(0, new byte[] { 0, 0, 0, 2 }, new byte[] { 0, 0, 0, 10 })]
    [InlineData(108, new byte[] { 0, 0, 0, 2 }, new byte[] { 0, 0, 0, 24 })]
    [InlineData(113, new byte[] { 0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0, 8, 0 }, new byte[] { 0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0,
        0x86, 0xdd })]
    [InlineData(
        276,
        new byte[] { 8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0 },
        new byte[] { 0x86, 0xdd, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 9, 0, 0 })]
    public void Other_link_headers_are_taken_for_what_they_say(int linkType, byte[] header, byte[] headerV6)
    {
        byte[] capture = WithLinkType(Capture((0, [.. header, .. Frame[14..]]), (1, [.. headerV6, .. FrameV6[14..]])), (uint)linkType);
        MustLeave(Run(Boxes.Edge, 2, ("lan", capture)), Frame, FrameV6);
    }

    [Theory]
    [InlineData(105)]
    [InlineData(127)]
    [InlineData(147)]
    [InlineData(195)]
    public void A_link_type_that_nobody_reads_is_dropped(int linkType)
    {
        Replayed replayed = Run(Boxes.Edge, 2, ("lan", WithLinkType(Capture((0, Frame), (1, Frame)), (uint)linkType)));
        Assert.Equal((2, 2, 0), (replayed.Accounts.Received, replayed.DroppedAs("link-type"), replayed.Accounts.Transmitted));
        Assert.Equal(2, replayed.Accounts.Ports[0].FramesIn);
    }

    [Fact]
    public void A_record_without_its_whole_datagram_is_captured_short()
    {
        for (int kept = 0; kept < Frame.Length; kept++)
        {
            Replayed replayed = Run(Boxes.Edge, 1, ("lan", CutShort(Capture((0, TestFrames.Padded(Frame, 90))), kept)));
            Assert.Equal((1, 1), (replayed.Accounts.Received, replayed.DroppedAs("captured-short")));
        }
    }

    [Fact]
    public void A_record_that_lacks_only_padding_is_a_frame()
    {
        for (int kept = Frame.Length; kept <= 90; kept++)
            MustLeave(Run(Boxes.Edge, 1, ("lan", CutShort(Capture((0, TestFrames.Padded(Frame, 90))), kept))), Frame);
    }

    [Fact]
    public void A_frame_beyond_the_limit_is_too_long_and_one_at_the_limit_is_not()
    {
        byte[] longest = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2, 65_507));
        Assert.Equal(65_549, longest.Length);
        Assert.Equal(45, Run(Boxes.Edge, 1, ("lan", Capture((0, longest)))).Accounts.Transmitted);
        Assert.Equal(1, Run(Boxes.Edge, 1, ("lan", Capture((0, [.. longest, 0])))).DroppedAs("frame-too-long"));
        Assert.Equal(45, Run(Boxes.Edge, 1, ("lan", Capture((0, TestFrames.Tagged(longest, [0]))))).Accounts.Transmitted);
        Assert.Equal(1, Run(Boxes.Edge, 1, ("lan", Capture((0, [.. TestFrames.Tagged(longest, [0]), 0])))).DroppedAs("frame-too-long"));
    }

    [Fact]
    public void A_runt_is_short_and_not_captured_short()
    {
        Replayed replayed = Run(Boxes.Edge, 1, ("lan", Capture((0, Frame[..13]), (1, []), (2, Frame[..40]))));
        Assert.Equal((3, 3), (replayed.Accounts.Received, replayed.DroppedAs("short")));
    }

    private static void MustLeave(Replayed replayed, params byte[][] frames)
    {
        byte[][] expected = [.. frames.Select(frame => ForwardingTwin.Forward(frame, Boxes.WanMac, Boxes.Gateway))];
        Assert.Equal(expected.Select(Convert.ToHexString).Order(StringComparer.Ordinal),
            replayed.FramesOf("wan").Select(Convert.ToHexString).Order(StringComparer.Ordinal));
        Assert.Equal(0, replayed.Accounts.Dropped);
    }
}
