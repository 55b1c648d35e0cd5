using Appliance.Wire.Tests.Support;
using Appliance.Wire.Vrrp;
using Xunit;

namespace Appliance.Wire.Tests.Vrrp;

public sealed class VrrpViewTests
{
    // Frames 1 and 3 of tcpdump's vrrp.pcap, and what ucarp sent.
    private const string Version2 = "212abf03 010af11f 0a042a01 0a042a02 0a042a03 6162636465666768";
    private const string Version3 = "312cbf02 03e8b3c6 0a042c64 0a042cc8";
    private const string Carp = "212a00070001d4e1 6221092efd5a493f 1a00cc10c8bcc5825b50fddb82c5cb8ac6e5754f";

    [Fact]
    public void Every_field_of_version_2_is_read()
    {
        Assert.True(VrrpView.TryParse(Hex.Bytes(Version2), out VrrpView view));
        Assert.Equal((2, 1, 42, 191), (view.Version, view.Type, view.VirtualRouterId, view.Priority));
        Assert.Equal((3, 1, 10), (view.AddressCount, view.AuthenticationType, view.IntervalSeconds));
        Assert.Equal(0xf11f, view.Checksum);
    }

    [Fact]
    public void Every_field_of_version_3_is_read()
    {
        Assert.True(VrrpView.TryParse(Hex.Bytes(Version3), out VrrpView view));
        Assert.Equal((3, 1, 44, 191), (view.Version, view.Type, view.VirtualRouterId, view.Priority));
        Assert.Equal((2, 1000), (view.AddressCount, view.IntervalCentiseconds));
        Assert.Equal(0xb3c6, view.Checksum);
    }

    [Fact]
    public void Fewer_than_8_bytes_are_refused() =>
        Truncation.IsRefused<VrrpView>(VrrpView.TryParse, Hex.Bytes(Version2), VrrpView.HeaderLength);

    [Theory]
    [InlineData(Version2, VirtualRouterProtocol.Vrrp2)]
    [InlineData(Version3, VirtualRouterProtocol.Vrrp3)]
    [InlineData(Carp, VirtualRouterProtocol.Carp)]
    [InlineData("212a0007", VirtualRouterProtocol.Carp)]
    [InlineData("21", VirtualRouterProtocol.Carp)]
    [InlineData("", VirtualRouterProtocol.Unknown)]
    [InlineData("412a0007", VirtualRouterProtocol.Unknown)]
    public void Who_speaks_is_told_by_version_and_length(string payload, VirtualRouterProtocol protocol) =>
        Assert.Equal(protocol, VirtualRouterProtocols.Identify(Hex.Bytes(payload)));

    /// <summary>Six addresses would be VRRP of 40 bytes, five VRRP of 36: CARP's own seven never has 36.</summary>
    [Theory]
    [InlineData(7, VirtualRouterProtocol.Carp)]
    [InlineData(6, VirtualRouterProtocol.Carp)]
    [InlineData(5, VirtualRouterProtocol.Vrrp2)]
    public void Of_36_bytes_the_fourth_decides(int fourth, VirtualRouterProtocol protocol)
    {
        byte[] payload = Hex.Bytes(Carp);
        payload[3] = (byte)fourth;
        Assert.Equal(protocol, VirtualRouterProtocols.Identify(payload));
    }
}
