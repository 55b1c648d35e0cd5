using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Offload.Tests.Steering;

/// <summary>"RSS Hashing Types" of the Windows network driver documentation, with frames of its verification suite.</summary>
public sealed class NdisSteeringTests : IDisposable
{
    private const string V4Source = "66.9.149.187", V4Destination = "161.142.100.80";
    private const string V6Source = "3ffe:2501:200:1fff::7", V6Destination = "3ffe:2501:200:3::1";
    private const ushort SourcePort = 2794, DestinationPort = 1766;
    private const uint V4Addresses = 0x323e8fc2, V4All = 0x51ccc178, V6Addresses = 0x2cc18cd5, V6All = 0x40207d3d;
    private readonly SteeringRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(HashTypes.All, V4All, V6All)]
    [InlineData(HashTypes.TcpIpv4 | HashTypes.TcpIpv6, V4All, V6All)]
    [InlineData(HashTypes.Ipv4 | HashTypes.Ipv6, V4Addresses, V6Addresses)]
    [InlineData(HashTypes.Ipv4 | HashTypes.Ipv6 | HashTypes.UdpIpv4 | HashTypes.UdpIpv6, V4Addresses, V6Addresses)]
    [InlineData(HashTypes.UdpIpv4 | HashTypes.UdpIpv6, null, null)]
    [InlineData(HashTypes.None, null, null)]
    public void TCP_goes_by_its_ports_else_by_its_addresses_as_the_types_allow(HashTypes types, uint? v4, uint? v6)
    {
        TestTransport tcp = TestTransport.Tcp(SourcePort, DestinationPort);
        Assert.Equal(v4, _rig.HashOf(SteeringRig.Frame(V4Source, V4Destination, tcp), SteeringRig.Ndis(types)));
        Assert.Equal(v6, _rig.HashOf(SteeringRig.Frame(V6Source, V6Destination, tcp), SteeringRig.Ndis(types)));
    }

    [Theory]
    [InlineData(HashTypes.All, V4All, V6All)]
    [InlineData(HashTypes.UdpIpv4 | HashTypes.UdpIpv6, V4All, V6All)]
    [InlineData(HashTypes.Ipv4 | HashTypes.Ipv6 | HashTypes.TcpIpv4 | HashTypes.TcpIpv6, V4Addresses, V6Addresses)]
    [InlineData(HashTypes.TcpIpv4 | HashTypes.TcpIpv6, null, null)]
    public void UDP_goes_by_its_ports_only_under_a_type_of_its_own(HashTypes types, uint? v4, uint? v6)
    {
        TestTransport udp = TestTransport.Udp(SourcePort, DestinationPort);
        Assert.Equal(v4, _rig.HashOf(SteeringRig.Frame(V4Source, V4Destination, udp), SteeringRig.Ndis(types)));
        Assert.Equal(v6, _rig.HashOf(SteeringRig.Frame(V6Source, V6Destination, udp), SteeringRig.Ndis(types)));
    }

    [Fact]
    public void Every_other_protocol_goes_by_its_addresses()
    {
        TestTransport[] others =
        [
            TestTransport.Sctp(SourcePort, DestinationPort), TestTransport.EchoRequest(SourcePort),
            TestTransport.EchoRequestV6(SourcePort), TestTransport.Raw(IpProtocol.Gre, new byte[8]),
        ];
        foreach (TestTransport other in others)
        {
            byte[] v4 = SteeringRig.Frame(V4Source, V4Destination, other), v6 = SteeringRig.Frame(V6Source, V6Destination, other);
            Assert.Equal(V4Addresses, _rig.HashOf(v4, SteeringRig.Ndis(HashTypes.All)));
            Assert.Equal(V6Addresses, _rig.HashOf(v6, SteeringRig.Ndis(HashTypes.All)));
            Assert.Null(_rig.HashOf(v4, SteeringRig.Ndis(HashTypes.All & ~HashTypes.Ipv4)));
            Assert.Null(_rig.HashOf(v6, SteeringRig.Ndis(HashTypes.All & ~HashTypes.Ipv6)));
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(8, true)]
    [InlineData(8, false)]
    public void All_fragments_go_by_their_addresses_the_first_among_them(int offset, bool more)
    {
        TestTransport tcp = TestTransport.Tcp(SourcePort, DestinationPort);
        byte[] v4 = TestFrames.Ipv4(
            V4Source, V4Destination, tcp, ip => ip with { FragmentOffsetBytes = offset, MoreFragments = more });
        byte[] v6 = SteeringRig.Frame(V6Source, V6Destination, tcp, TestExtension.Fragment(offset, more));
        Assert.Equal(V4Addresses, _rig.HashOf(v4, SteeringRig.Ndis(HashTypes.All)));
        Assert.Equal(V6Addresses, _rig.HashOf(v6, SteeringRig.Ndis(HashTypes.All)));
        Assert.Null(_rig.HashOf(v4, SteeringRig.Ndis(HashTypes.TcpIpv4)));
        Assert.Null(_rig.HashOf(v6, SteeringRig.Ndis(HashTypes.TcpIpv6)));
    }

    [Fact]
    public void Options_extension_headers_and_tags_are_passed_over()
    {
        TestTransport tcp = TestTransport.Tcp(SourcePort, DestinationPort);
        byte[] options = TestFrames.Ipv4(V4Source, V4Destination, tcp, null, 148, 4, 0, 0);
        byte[] extensions = SteeringRig.Frame(
            V6Source,
            V6Destination,
            tcp,
            TestExtension.HopByHop,
            TestExtension.DestinationOptions(2),
            TestExtension.Fragment(0, more: false));
        Assert.Equal(V4All, _rig.HashOf(options, SteeringRig.Ndis(HashTypes.All)));
        Assert.Equal(V6All, _rig.HashOf(extensions, SteeringRig.Ndis(HashTypes.All)));
        Assert.Equal(V4All, _rig.HashOf(TestFrames.Tagged(options, 5, 0, 7), SteeringRig.Ndis(HashTypes.All)));
    }

    [Fact]
    public void A_transport_header_too_short_for_its_ports_goes_by_the_addresses()
    {
        TestTransport cut = TestTransport.Raw(IpProtocol.Tcp, 1, 2, 3);
        Assert.Equal(V4Addresses, _rig.HashOf(SteeringRig.Frame(V4Source, V4Destination, cut), SteeringRig.Ndis(HashTypes.All)));
        Assert.Equal(V6Addresses, _rig.HashOf(SteeringRig.Frame(V6Source, V6Destination, cut), SteeringRig.Ndis(HashTypes.All)));
    }

    [Fact]
    public void The_input_is_source_then_destination_as_they_stand_in_the_datagram()
    {
        byte[] frame = SteeringRig.Frame(V4Source, V4Destination, TestTransport.Tcp(SourcePort, DestinationPort));
        Assert.Equal([66, 9, 149, 187, 161, 142, 100, 80, 0x0a, 0xea, 0x06, 0xe6], _rig.InputOf(frame, SteeringRig.Ndis(HashTypes.All)));
    }

    [Fact]
    public void ARP_has_nothing_to_hash()
    {
        byte[] arp = TestFrames.Ethernet(EtherType.Arp, new byte[28]);
        Assert.Null(_rig.HashOf(arp, SteeringRig.Ndis(HashTypes.All)));
        Assert.Null(_rig.HashOf(arp, SteeringRig.Symmetric));
    }
}
