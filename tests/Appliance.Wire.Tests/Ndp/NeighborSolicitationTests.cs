using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Ndp;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ndp;

public sealed class NeighborSolicitationTests
{
    // zeek's icmp6-nd-options.pcap, frame 1: duplicate address detection.
    private const string Message = "8700673c 00000000 fe80000000000000c00054fffef50000";

    [Fact]
    public void Every_field_of_a_real_message_is_read()
    {
        Assert.True(NeighborSolicitationView.TryParse(Hex.Bytes(Message), out NeighborSolicitationView view));
        Assert.Equal("fe80::c000:54ff:fef5:0", view.Target.ToString());
        Assert.Null(view.SourceLinkLayerAddress);
        Assert.True(view.Options.IsEmpty);
    }

    [Theory]
    [InlineData("ff02::1:fff5:0", "", NdpVerdict.Valid)]
    [InlineData("ff02::1", "", NdpVerdict.UnspecifiedToOther)]
    [InlineData("ff02::1:fff5:0", "0101c20054f50000", NdpVerdict.LinkLayerAddressOfUnspecified)]
    public void Unspecified_source_asks_only_the_solicited_node_without_its_address(string destination, string options, NdpVerdict verdict)
    {
        Assert.True(Ipv6Address.TryParse(destination, out Ipv6Address to));
        Assert.Equal(verdict, NdpValidity.Judge(Ipv6Address.Any, to, 255, Hex.Bytes(Message + options)));
    }

    [Fact]
    public void Fields_survive_the_wire()
    {
        var random = new Random(19);
        for (int round = 0; round < SeededValues.RoundTrips; round++)
        {
            MacAddress? address = random.NextBool() ? random.NextMac() : null;
            var fields = new NeighborSolicitationFields(random.NextIpv6(), address);
            byte[] bytes = random.NextOctets(fields.Length);
            fields.WriteTo(bytes);
            Assert.True(NeighborSolicitationView.TryParse(bytes, out NeighborSolicitationView view));
            Assert.Equal(fields, NeighborSolicitationFields.From(view));
        }
    }

    [Fact]
    public void Every_truncation_is_refused() =>
        Truncation.IsRefused<NeighborSolicitationView>(NeighborSolicitationView.TryParse, Hex.Bytes(Message), 24);
}
