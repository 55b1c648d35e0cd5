using System.Buffers.Binary;
using System.Net;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Offload.Tests.Steering;

public sealed class SymmetricSteeringTests : IDisposable
{
    private readonly SteeringRig _rig = new();
    private readonly Random _random = new(16);

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Both_directions_of_a_flow_meet_and_what_is_hashed_are_its_endpoints_in_order(bool v6)
    {
        for (int i = 0; i < 500; i++)
        {
            string near = Address(v6), far = i % 10 == 0 ? near : Address(v6);          // also a host that speaks with itself
            ushort port = Port(), peer = i % 7 == 0 ? port : Port();
            byte[] expected = InOrder(near, port, far, peer);
            foreach (Func<ushort, ushort, TestTransport> transport in Transports)
            {
                Assert.Equal(expected, _rig.InputOf(SteeringRig.Frame(near, far, transport(port, peer)), SteeringRig.Symmetric));
                Assert.Equal(expected, _rig.InputOf(SteeringRig.Frame(far, near, transport(peer, port)), SteeringRig.Symmetric));
            }
        }
    }

    [Fact]
    public void A_request_and_its_echo_meet_by_their_identifier()
    {
        for (int i = 0; i < 200; i++)
        {
            ushort identifier = Port();
            string near = Address(v6: false), far = Address(v6: false), near6 = Address(v6: true), far6 = Address(v6: true);
            byte[] v4 = InOrder(near, identifier, far, identifier), v6 = InOrder(near6, identifier, far6, identifier);
            Assert.Equal(v4, _rig.InputOf(SteeringRig.Frame(near, far, TestTransport.EchoRequest(identifier)), SteeringRig.Symmetric));
            Assert.Equal(v4, _rig.InputOf(SteeringRig.Frame(far, near, TestTransport.EchoReply(identifier)), SteeringRig.Symmetric));
            Assert.Equal(v6, _rig.InputOf(SteeringRig.Frame(near6, far6, TestTransport.EchoRequestV6(identifier)), SteeringRig.Symmetric));
            Assert.Equal(v6, _rig.InputOf(SteeringRig.Frame(far6, near6, TestTransport.EchoReplyV6(identifier)), SteeringRig.Symmetric));
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1480, true)]
    [InlineData(1480, false)]
    public void All_fragments_of_both_directions_go_by_their_addresses(int offset, bool more)
    {
        TestTransport udp = TestTransport.Udp(1000, 53, 8);
        byte[] v4 = TestFrames.Ipv4(
            "192.0.2.9", "192.0.2.1", udp, ip => ip with { FragmentOffsetBytes = offset, MoreFragments = more });
        byte[] v4Back = TestFrames.Ipv4(
            "192.0.2.1", "192.0.2.9", udp, ip => ip with { FragmentOffsetBytes = offset, MoreFragments = more });
        byte[] v6 = SteeringRig.Frame("2001:db8::9", "2001:db8::1", udp, TestExtension.Fragment(offset, more));
        byte[] v6Back = SteeringRig.Frame("2001:db8::1", "2001:db8::9", udp, TestExtension.Fragment(offset, more));
        byte[] addresses = [192, 0, 2, 1, 192, 0, 2, 9];
        Assert.Equal(addresses, _rig.InputOf(v4, SteeringRig.Symmetric));
        Assert.Equal(addresses, _rig.InputOf(v4Back, SteeringRig.Symmetric));
        byte[] addresses6 = [.. IPAddress.Parse("2001:db8::1").GetAddressBytes(), .. IPAddress.Parse("2001:db8::9").GetAddressBytes()];
        Assert.Equal(addresses6, _rig.InputOf(v6, SteeringRig.Symmetric));
        Assert.Equal(addresses6, _rig.InputOf(v6Back, SteeringRig.Symmetric));
    }

    [Fact]
    public void A_second_fragment_header_behind_an_atomic_one_still_makes_a_fragment()
    {
        TestTransport udp = TestTransport.Udp(1000, 53, 8);
        byte[] twice = SteeringRig.Frame(
            "2001:db8::9", "2001:db8::1", udp, TestExtension.Fragment(0, false), TestExtension.Fragment(0, true));
        Assert.Equal(32, _rig.InputOf(twice, SteeringRig.Symmetric).Length);
    }

    [Fact]
    public void Messages_without_ports_or_identifier_go_by_their_addresses_both_ways()
    {
        TestTransport[] others = [TestTransport.Icmp(3, 1, 0, new byte[28]), TestTransport.Raw(IpProtocol.Esp, new byte[16])];
        foreach (TestTransport other in others)
        {
            byte[] expected = [192, 0, 2, 1, 192, 0, 2, 9];
            Assert.Equal(expected, _rig.InputOf(SteeringRig.Frame("192.0.2.9", "192.0.2.1", other), SteeringRig.Symmetric));
            Assert.Equal(expected, _rig.InputOf(SteeringRig.Frame("192.0.2.1", "192.0.2.9", other), SteeringRig.Symmetric));
        }
    }

    [Fact]
    public void Flows_that_differ_in_one_port_spread_over_all_buckets()
    {
        var seen = new int[128];
        for (ushort port = 0; port < 4096; port++)
        {
            byte[] frame = SteeringRig.Frame("192.0.2.1", "198.51.100.2", TestTransport.Udp(port, 53));
            seen[_rig.HashOf(frame, SteeringRig.Symmetric)!.Value & 127]++;
        }

        Assert.All(seen, count => Assert.InRange(count, 1, 128));        // 32 each on average
    }

    private static Func<ushort, ushort, TestTransport>[] Transports =>
    [
        (source, destination) => TestTransport.Tcp(source, destination),
        (source, destination) => TestTransport.Udp(source, destination),
        (source, destination) => TestTransport.Sctp(source, destination),
    ];

    /// <summary>The slow twin: two endpoints, the lower first by address and then by port; addresses before ports.</summary>
    private static byte[] InOrder(string one, ushort onePort, string other, ushort otherPort)
    {
        (string Address, ushort Port)[] endpoints = [(one, onePort), (other, otherPort)];
        endpoints = [.. endpoints.OrderBy(end => Convert.ToHexString(Bytes(end.Address)), StringComparer.Ordinal).ThenBy(end => end.Port)];
        byte[] bytes = [.. Bytes(endpoints[0].Address), .. Bytes(endpoints[1].Address), 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(bytes.Length - 4), endpoints[0].Port);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(bytes.Length - 2), endpoints[1].Port);
        return bytes;
    }

    private static byte[] Bytes(string address) => IPAddress.Parse(address).GetAddressBytes();

    private string Address(bool v6)
    {
        var bytes = new byte[v6 ? 16 : 4];
        _random.NextBytes(bytes);
        if (_random.Next(3) == 0) bytes.AsSpan(0, bytes.Length - 1).Fill(0x20);         // neighbours, that differ at the end
        return new IPAddress(bytes).ToString();
    }

    private ushort Port() => (ushort)_random.Next(_random.Next(2) == 0 ? 4 : 65536);
}
