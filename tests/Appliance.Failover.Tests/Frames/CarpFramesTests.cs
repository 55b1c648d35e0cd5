using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Text;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>The frames on the wire, byte for byte.</summary>
public sealed class CarpFramesTests
{
    private const string VirtualMac = "00005e00012a";
    private const string PortMac = "020100000001";

    /// <summary>The whole datagram was accepted by a running ucarp 1.5.2.</summary>
    [Fact]
    public void An_advertisement_is_that_of_FreeBSD()
    {
        CarpBench bench = Backup(OnWan(vhid: 42));
        Assert.Equal(
            "01005e000012" + VirtualMac + "0800" + "45e0003800004000ff70d85fc0000203e0000012" +
            "212a00070001b5110123456789abcdefda8e91de668a9d9bc65dc3a145a83bdc6787a7f7",
            Advertisement(bench));
    }

    [Fact]
    public void Over_IPv6_it_goes_to_the_group_from_the_link_local_address()
    {
        CarpBench bench = Backup(OnWan("2001:db8::10", vhid: 42));
        string frame = Advertisement(bench);
        Assert.StartsWith("333300000012" + VirtualMac + "86dd" + "6e000000" + "0024" + "70ff" +
            "fe800000000000000000000000000003" + "ff020000000000000000000000000012" + "212a00070001", frame, StringComparison.Ordinal);
        Assert.Equal(2 * (14 + 40 + 36), frame.Length);
        AssertIsAuthentic(bench, frame, 54);
    }

    [Theory]
    [InlineData("192.0.2.99", null, "0205060708090201000000010800", "c0000203c0000263")]
    [InlineData("192.0.2.99", "", "ffffffffffff0201000000010800", "c0000203c0000263")]
    public void To_a_peer_it_goes_from_the_ports_own_MAC(string peer, string? unknown, string ethernet, string addresses)
    {
        CarpBench bench = Backup(OnWan(vhid: 42) with { PeerIpv4 = Addresses(peer)[0].V4 });
        string frame = Advertisement(bench, unknown is null ? new MacAddress(0x0205_0607_0809) : null);
        Assert.StartsWith(ethernet, frame, StringComparison.Ordinal);
        Assert.Equal(addresses, frame.Substring(2 * (14 + 12), 16));
        Assert.Equal("ff", frame.Substring(2 * (14 + 8), 2));         // 255 all the same, as FreeBSD sends it
    }

    [Theory]
    [InlineData("2001:db8::99", "20010db8000000000000000000000003")]
    [InlineData("fe80::99", "fe800000000000000000000000000003")]
    public void To_an_IPv6_peer_it_goes_from_an_address_of_the_peers_kind(string peer, string source)
    {
        CarpBench bench = Backup(OnWan("2001:db8::10", vhid: 42) with { PeerIpv6 = Addresses(peer)[0].V6 });
        Assert.Equal(source, Advertisement(bench).Substring(2 * (14 + 8), 32));
    }

    [Theory]
    [InlineData(CarpNeighbours.FreeBsd, false, VirtualMac)]
    [InlineData(CarpNeighbours.FreeBsd, true, PortMac)]
    [InlineData(CarpNeighbours.OpenBsd, false, VirtualMac)]
    [InlineData(CarpNeighbours.Ucarp, false, "00005e00002a")]
    [InlineData(CarpNeighbours.Ucarp, true, PortMac)]
    public void The_source_is_the_virtual_MAC_unless_it_must_not_be(CarpNeighbours neighbours, bool usesPortMac, string source)
    {
        CarpBench bench = Backup(OnWan(vhid: 42) with { Neighbours = neighbours, UsesPortMac = usesPortMac });
        Assert.Equal(source, Advertisement(bench).Substring(12, 12));
    }

    [Theory]
    [InlineData(CarpNeighbours.FreeBsd, false, VirtualMac)]
    [InlineData(CarpNeighbours.FreeBsd, true, PortMac)]
    [InlineData(CarpNeighbours.Ucarp, false, PortMac)]
    public void An_ARP_announcement_says_where_the_address_is(CarpNeighbours neighbours, bool usesPortMac, string owner)
    {
        CarpBench bench = Backup(OnWan(vhid: 42) with { Neighbours = neighbours, UsesPortMac = usesPortMac });
        bench.Pass(3 * Second);
        string frame = Convert.ToHexStringLower(bench.Frames[1]);
        Assert.Equal("ffffffffffff" + owner + "0806" + "0001080006040001" + owner + "c000020a" + "000000000000" + "c000020a", frame);
        Assert.Equal("ARP, Announcement 192.0.2.10, length 28", FrameText.Format(bench.Frames[1]));
    }

    [Fact]
    public void A_neighbor_advertisement_overrides_and_says_that_a_router_speaks()
    {
        CarpBench bench = Backup(OnWan("2001:db8::10", vhid: 42));
        bench.Pass(3 * Second);
        Assert.Equal("333300000001" + VirtualMac + "86dd" + "6000000000203aff" + "fe800000000000000000000000000003" +
            "ff020000000000000000000000000001" + "88004b28" + "a0000000" + "20010db8000000000000000000000010" + "0201" + VirtualMac,
            Convert.ToHexStringLower(bench.Frames[1]));
        Assert.Equal(Wire.Ndp.NdpVerdict.Valid, Wire.Ndp.NdpValidity.Judge(
            Addresses("fe80::3")[0].V6, Addresses("ff02::1")[0].V6, 255, bench.Frames[1].AsSpan(54)));
    }

    [Fact]
    public void What_is_sent_is_what_others_verify()
    {
        CarpBench bench = Backup(OnWan("192.0.2.10 192.0.2.11 2001:db8::10 fe80::10", skew: 7));
        bench.Pass(5 * Second);
        byte[][] advertisements = [.. bench.Frames.Where(IsCarp)];
        Assert.Equal(4, advertisements.Length);
        foreach (byte[] frame in advertisements)
            AssertIsAuthentic(bench, Convert.ToHexStringLower(frame), frame[12] == 8 ? 34 : 54);
    }

    private static bool IsCarp(byte[] frame) => frame[12] == 8 ? frame[23] == 112 : frame[20] == 112;

    private static void AssertIsAuthentic(CarpBench bench, string hex, int at)
    {
        Assert.True(CarpView.TryParse(Convert.FromHexString(hex).AsSpan(at), out CarpView view));
        CarpGroupSettings settings = bench.Group.Settings;
        Assert.True(view.IsChecksumValid);
        Assert.True(CarpHmac.Of(settings.Key, settings.Vhid, settings.Addresses.AsSpan()).Verifies(view));
    }

    private static CarpBench Backup(CarpGroupSettings group) => new(Settings(group));

    /// <summary>The next advertisement after 0123456789abcdee was heard, with skew 0.</summary>
    private static string Advertisement(CarpBench bench, MacAddress? peerMac = null)
    {
        bench.Hear(bench.Group, new CarpInterval(1, 0), counter: 0x0123_4567_89ab_cdee);
        byte[] frame = new byte[CarpFrames.MaxLength];
        bench.Node.Force(bench.Group, master: true, bench.Now);
        while (bench.Node.Actions.TryTake(out CarpAction action))
        {
            if (action.Kind != CarpActionKind.SendAdvertisement) continue;
            int length = CarpFrames.Write(action, bench.Node.Settings.Dscp, frame, peerMac);
            return Convert.ToHexStringLower(frame.AsSpan(0, length));
        }

        throw new InvalidOperationException("nothing was advertised");
    }
}
