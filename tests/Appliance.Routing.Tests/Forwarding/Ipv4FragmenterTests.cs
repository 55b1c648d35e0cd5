using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Appliance.Routing.Tests;

public sealed class Ipv4FragmenterTests : IDisposable
{
    private static readonly byte[] RecordRoute = [0x07, 0x07, 0x04, 1, 2, 3, 4], RouterAlert = [0x94, 0x04, 0, 0], Security = [0x82, 0x03,
        9];

    private readonly FramePool _pool = new(0, new FramePoolSize(256, 16, 4));

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void The_example_of_RFC_791_comes_out()
    {
        // Appendix A, example 2: 452 bytes of data for links of 280 bytes are 256 and 196.
        byte[] datagram = Datagram(452);
        List<byte[]> fragments = Cut(datagram, 280);
        Assert.Equal([276, 216], fragments.Select(fragment => fragment.Length));
        Assert.Equal([0, 256], fragments.Select(FragmentationTwin.OffsetOf));
        Assert.Equal([0x20, 0x00], fragments.Select(fragment => (int)fragment[6]));
    }

    [Fact]
    public void Every_mtu_from_576_to_1500_cuts_like_the_twin()
    {
        byte[] plain = Datagram(4001);
        byte[] options = Datagram(4001, options: [.. RecordRoute, .. RouterAlert, 0]);
        for (int mtu = 576; mtu <= 1500; mtu++)
        {
            MustCutLikeTheTwin(plain, mtu);
            MustCutLikeTheTwin(options, mtu);
        }
    }

    [Fact]
    public void Every_length_around_multiples_of_eight_cuts_like_the_twin()
    {
        foreach (int mtu in (int[])[576, 577, 580, 583, 1280, 1499, 1500])
        {
            for (int length = mtu - 19; length < mtu + 60; length++)
                MustCutLikeTheTwin(Datagram(length), mtu);
            for (int length = (2 * mtu) - 60; length < (2 * mtu) + 20; length++)
                MustCutLikeTheTwin(Datagram(length), mtu);
        }
    }

    [Fact]
    public void Any_datagram_and_mtu_cut_like_the_twin_and_go_together_again()
    {
        Gen<byte[]> option = Gen.Elements(RecordRoute, RouterAlert, Security, [1], [0xde, 0x05, 1, 2, 3], [0x5e, 2]);
        var cases =
            from mtu in Gen.Choose(576, 1500)
            from over in Gen.OneOf(Gen.Choose(1, 64), Gen.Choose(1, 8000))
            from options in option.ListOf(3)
            from offset in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 6000))
            from more in Gen.Elements(false, true)
            from reserved in Gen.Elements(false, true)
            from id in Gen.Choose(0, 65535)
            select (mtu, over, Options: options.SelectMany(bytes => bytes).ToArray(), offset, more, reserved, id);
        Prop.ForAll(cases.ToArbitrary(), given =>
        {
            byte[] padded = [.. given.Options, .. new byte[(4 - (given.Options.Length % 4)) % 4]];
            byte[] datagram = Datagram(given.mtu + given.over - 20 - padded.Length, padded, ip => ip with
            {
                FragmentOffsetBytes = given.offset * 8,
                MoreFragments = given.more,
                ReservedFlag = given.reserved,
                Identification = (ushort)given.id,
            });
            MustCutLikeTheTwin(datagram, given.mtu);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void The_longest_datagram_is_cut_for_the_narrowest_link()
    {
        byte[] datagram = Datagram(65_515);
        Assert.Equal(119, Cut(datagram, 576).Count);                    // 552 bytes each
        MustCutLikeTheTwin(datagram, 576);
    }

    [Fact]
    public void Copied_options_go_into_all_fragments_and_the_others_into_the_first_only()
    {
        byte[] datagram = Datagram(3000, options: [.. RecordRoute, 1, .. RouterAlert, .. Security, 0]);
        List<byte[]> fragments = Cut(datagram, 1000);
        Assert.Equal(datagram[20..36], fragments[0][20..36]);
        Assert.All(fragments.Skip(1), fragment => Assert.Equal(
            [.. RouterAlert, .. Security, 0], fragment[20..FragmentationTwin.HeaderLength(fragment)]));
    }

    [Fact]
    public void A_fragment_that_is_cut_again_keeps_its_place()
    {
        byte[] middle = Datagram(2000, edit: ip => ip with { FragmentOffsetBytes = 8000, MoreFragments = true });
        List<byte[]> fragments = Cut(middle, 576);
        Assert.Equal([8000, 8552, 9104, 9656], fragments.Select(FragmentationTwin.OffsetOf));
        Assert.All(fragments, fragment => Assert.NotEqual(0, fragment[6] & 0x20));
        byte[] end = Datagram(2000, edit: ip => ip with { FragmentOffsetBytes = 8000 });
        Assert.Equal([true, true, true, false], Cut(end, 576).Select(fragment => (fragment[6] & 0x20) != 0));
    }

    [Fact]
    public void Each_fragment_knows_that_it_is_one_and_whose()
    {
        Frame first = FrameOf(Datagram(3000));
        first.Info.Hash = 77;
        first.Info.EgressPort = 3;
        first.Info.NextHop = 99;
        first.Info.Ordinal = 5;
        Assert.Equal(3, Ipv4Fragmenter.Cut(first, 1500, _pool));
        Assert.Equal(FrameTraits.FirstFragment, first.Info.Traits & FrameTraits.Fragment);
        for (Frame frame = first.Info.Next; !frame.IsNull; frame = frame.Info.Next)
        {
            Assert.Equal(FrameTraits.LaterFragment, frame.Info.Traits & (FrameTraits.Fragment | FrameTraits.Ports));
            Assert.Equal((77u, (ushort)3, 99UL, 5L), (frame.Info.Hash, frame.Info.EgressPort, frame.Info.NextHop, frame.Info.Ordinal));
        }

        ReturnChain(first);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void A_pool_that_has_not_enough_leaves_the_frame_whole(int available)
    {
        using var pool = new FramePool(0, new FramePoolSize(available, 0, 1));
        byte[] datagram = Datagram(8000, options: [.. RouterAlert]);
        Frame frame = FrameOf(datagram, pool);
        byte[] before = frame.Bytes.ToArray();
        Assert.Equal(0, Ipv4Fragmenter.Cut(frame, 1000, pool));
        Assert.Equal(before, frame.Bytes.ToArray());
        Assert.True(frame.Info.Next.IsNull);
        Assert.Equal(FrameTraits.None, frame.Info.Traits & FrameTraits.Fragment);
        Assert.Equal(datagram.Length, frame.Info.DatagramLength);
        Assert.Equal(1, pool.InFlight);
    }

    private void MustCutLikeTheTwin(byte[] datagram, int mtu)
    {
        List<byte[]> fragments = Cut(datagram, mtu);
        Assert.Equal(FragmentationTwin.Cut(datagram, mtu), fragments);
        Assert.All(fragments, fragment => Assert.InRange(fragment.Length, 21, mtu));
        Assert.All(fragments.SkipLast(1), fragment => Assert.Equal(0, (fragment.Length - FragmentationTwin.HeaderLength(fragment)) % 8));
        Assert.All(fragments, fragment => Assert.Equal(
            0xffff, PlainChecksum.Sum(fragment.AsSpan(0, FragmentationTwin.HeaderLength(fragment)))));
        Assert.Equal(datagram, FragmentationTwin.Reassemble(fragments.AsEnumerable().Reverse()));
        Assert.Equal(0, _pool.InFlight);
    }

    private List<byte[]> Cut(byte[] datagram, int mtu)
    {
        Frame first = FrameOf(datagram);
        int count = Ipv4Fragmenter.Cut(first, mtu, _pool);
        var fragments = new List<byte[]>();
        for (Frame frame = first; !frame.IsNull; frame = frame.Info.Next)
        {
            Assert.Equal(first.Bytes[..EthernetView.HeaderLength].ToArray(), frame.Bytes[..EthernetView.HeaderLength].ToArray());
            Assert.Equal(frame.Length, EthernetView.HeaderLength + frame.Info.DatagramLength);
            fragments.Add(frame.Datagram.ToArray());
        }

        Assert.Equal(count, fragments.Count);
        ReturnChain(first);
        return fragments;
    }

    private void ReturnChain(Frame frame)
    {
        while (!frame.IsNull)
        {
            Frame next = frame.Info.Next;
            _pool.Return(frame);
            frame = next;
        }
    }

    private Frame FrameOf(byte[] datagram, FramePool? pool = null)
    {
        byte[] bytes = TestFrames.Ethernet(EtherType.Ipv4, datagram);
        Assert.True((pool ?? _pool).TryRent(bytes.Length, out Frame frame));
        bytes.CopyTo(frame.Bytes);
        frame.Info.NetworkOffset = EthernetView.HeaderLength;
        frame.Info.TransportOffset = EthernetView.HeaderLength + FragmentationTwin.HeaderLength(datagram);
        frame.Info.DatagramLength = datagram.Length;
        frame.Info.Network = NetworkKind.Ipv4;
        frame.Info.EtherType = EtherType.Ipv4;
        frame.Info.Traits = FrameTraits.Ports;
        return frame;
    }

    private static byte[] Datagram(int payload, byte[]? options = null, Func<Ipv4Fields, Ipv4Fields>? edit = null) => TestFrames.Ipv4(
        "192.0.2.1", "198.51.100.1", TestTransport.Raw(IpProtocol.Udp, TestTransport.Pattern(payload)), edit, options
            ?? [])[EthernetView.HeaderLength..];
}
