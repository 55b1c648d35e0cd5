using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Offload.Tests.Coalescing;

/// <summary>Nothing of a flow overtakes what came before it: what does not join closes the train.</summary>
public sealed class OrderTests : IDisposable
{
    private readonly CoalesceRig _rig = new();
    private readonly TestSegment _first = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void An_ack_between_two_segments_parts_them()
    {
        TestSegment second = _first.Next();
        Assert.Equal("0 1 2", Left(_first.ToFrame(), (second with { PayloadLength = 0 }).ToFrame(), second.ToFrame()));
    }

    [Fact]
    public void A_duplicate_parts_the_train_and_may_begin_the_next()
    {
        TestSegment second = _first.Next(), third = second.Next();
        Assert.Equal("0-1 2-3", Left(_first.ToFrame(), second.ToFrame(), second.ToFrame(), third.ToFrame()));
    }

    [Fact]
    public void Frames_of_other_flows_and_the_other_direction_part_nothing()
    {
        TestSegment other = _first with { SourcePort = 1501 };
        TestSegment back = _first with
        {
            Source = _first.Destination, Destination = _first.Source, SourcePort = 8000, DestinationPort = 1500,
        };
        byte[] udp = TestFrames.Ipv4(_first.Source, _first.Destination, TestTransport.Udp(1500, 8000, 8));
        byte[] echo = TestFrames.Ipv4(_first.Source, _first.Destination, TestTransport.EchoRequest(1));
        Assert.Equal(
            "0-6 1-7 2-8 3 4 5",
            Left(
                _first.ToFrame(), other.ToFrame(), back.ToFrame(), udp, echo, (back with { SourcePort = 9 }).ToFrame(),
                _first.Next().ToFrame(), other.Next().ToFrame(), back.Next().ToFrame()));
    }

    [Fact]
    public void The_same_words_of_the_other_family_are_another_flow()
    {
        TestSegment v6 = _first with { Source = "2001:db8::c0a8:10a", Destination = "2001:db8::c633:6407" };
        Assert.Equal("0-2 1-3", Left(_first.ToFrame(), v6.ToFrame(), _first.Next().ToFrame(), v6.Next().ToFrame()));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(24, false)]
    public void A_fragment_of_whatever_closes_all_trains(int offset, bool more)
    {
        TestSegment v6 = _first with { Source = "2001:db8::1", Destination = "2001:db8::2" };
        TestTransport part = TestTransport.Raw(IpProtocol.Udp, new byte[24]);
        byte[] fragment = TestFrames.Ipv4(
            _first.Source, _first.Destination, part, ip => ip with { FragmentOffsetBytes = offset, MoreFragments = more });
        byte[] fragment6 = TestFrames.Ipv6(v6.Source, v6.Destination, part, null, TestExtension.Fragment(offset, more));
        foreach (byte[] between in new[] { fragment, fragment6 })
        {
            Assert.Equal(
                "0 1 2 3 4", Left(_first.ToFrame(), v6.ToFrame(), between, _first.Next().ToFrame(), v6.Next().ToFrame()));
        }
    }

    [Fact]
    public void A_bad_checksum_in_the_middle_parts_the_train()
    {
        TestSegment second = _first.Next(), third = second.Next(), fourth = third.Next();
        Assert.Equal("0-1 2 3", Left(_first.ToFrame(), second.ToFrame(), third.ToBadFrame(), fourth.ToFrame()));
    }

    [Fact]
    public void A_segment_behind_ip_options_parts_the_train_and_is_joined_by_nothing()
    {
        TestSegment second = _first.Next() with { IpOptions = [1, 1, 1, 0] };
        TestSegment third = (second with { IpOptions = [] }).Next();
        Assert.Equal("0 1 2-3", Left(_first.ToFrame(), second.ToFrame(), third.ToFrame(), third.Next().ToFrame()));
    }

    [Fact]
    public void Another_mac_another_vlan_or_another_port_parts_the_train()
    {
        TestSegment second = _first.Next();
        Assert.Equal("0 1", Left(_first.ToFrame(), (second with { SourceMac = new MacAddress(2) }).ToFrame()));
        Assert.Equal("0 1", Left(_first.ToFrame(), (second with { Vlans = [5] }).ToFrame()));
        Assert.Equal("0 1", Left((_first with { Vlans = [5] }).ToFrame(), (second with { Vlans = [0, 5] }).ToFrame()));
        Assert.Equal("0-1", Left((_first with { Vlans = [0, 5] }).ToFrame(), (second with { Vlans = [0, 5] }).ToFrame()));
        byte[] urgent = TestFrames.Tagged(second.ToFrame(), EtherType.Vlan, 5, priority: 6);
        Assert.Equal("0 1", Left((_first with { Vlans = [5] }).ToFrame(), urgent));
        Arrival[] two = [new(_first.ToFrame()), new(second.ToFrame(), CoalesceRig.Wan)];
        Assert.Equal("0 1", Text(_rig.Couple(two)));
    }

    [Fact]
    public void A_port_without_lro_couples_nothing_but_parts_the_trains_of_others()
    {
        byte[] second = _first.Next().ToFrame(), third = _first.Next().Next().ToFrame();
        Arrival[] two = [new(_first.ToFrame(), CoalesceRig.Off), new(second, CoalesceRig.Off)];
        Arrival[] three = [new(_first.ToFrame()), new(second, CoalesceRig.Off), new(third)];
        Assert.Equal("0 1", Text(_rig.Couple(two)));
        Assert.Equal("0 1 2", Text(_rig.Couple(three)));
    }

    [Fact]
    public void A_large_frame_of_a_port_never_joins_and_is_joined_by_nothing()
    {
        TestSegment second = _first.Next(), third = second.Next(), fourth = third.Next();
        Arrival[] four = [new(_first.ToFrame()), new(second.ToFrame()), new(third.ToFrame()), new(fourth.ToFrame())];
        Assert.Equal("0 1 2-3", Text(_rig.Couple(four, (frame, number) => frame.Info.SegmentSize = (ushort)(number == 1 ? 50 : 0))));
    }

    [Fact]
    public void Padding_behind_the_datagram_is_no_payload_and_stays()
    {
        TestSegment head = _first with { PayloadLength = 1 };
        Assert.Equal("0-1-2", Left(
            TestFrames.Padded(head.ToFrame()), TestFrames.Padded(head.Next().ToFrame(), 61), head.Next().Next().ToFrame()));
    }

    [Fact]
    public void Another_urgent_pointer_stays_apart_though_nothing_is_urgent()
    {
        Assert.Equal("0 1", Left(_first.ToFrame(), (_first.Next() with { UrgentPointer = 1 }).ToFrame()));
    }

    /// <summary>
    /// An attacker who knows the key sends flows of one hash: the table looks at a bounded number of slots and stays in order.
    /// </summary>
    [Fact]
    public void Flows_that_all_collide_are_coupled_up_to_the_bound_and_never_wrongly()
    {
        TestSegment[] heads = [.. Enumerable.Range(0, 32).Select(i => _first with { SourcePort = (ushort)(1000 + i) })];
        Arrival[] all = [.. heads.Select(head => new Arrival(head.ToFrame())), .. heads.Select(head => new Arrival(head.Next().ToFrame()))];
        List<List<int>> left = _rig.Couple(
            all, (frame, _) => frame.Info.Hash = 77 - (((uint)frame.Info.DestinationPort << 16) | frame.Info.SourcePort));
        string coupled = string.Join(' ', Enumerable.Range(0, FlowSlot.MaxProbes).Select(i => $"{i}-{i + 32}"));
        string alone = string.Join(' ', Enumerable.Range(16, 16).Concat(Enumerable.Range(48, 16)));
        Assert.Equal($"{coupled} {alone}", Text(left));
    }

    [Fact]
    public void Sixty_four_flows_without_a_hash_are_all_kept_apart()
    {
        TestSegment[] heads = [.. Enumerable.Range(0, 32).Select(i => _first with { SourcePort = (ushort)(1000 + (7 * i)) })];
        Arrival[] all = [.. heads.SelectMany(head => new[] { new Arrival(head.ToFrame()), new Arrival(head.Next().ToFrame()) })];
        Assert.Equal(32, _rig.Couple(all, (frame, _) => frame.Info.Hash = 0).Count);
    }

    private static string Text(List<List<int>> chains) => string.Join(' ', chains.Select(chain => string.Join('-', chain)));

    private string Left(params byte[][] frames) => Text(_rig.Couple(frames));
}
