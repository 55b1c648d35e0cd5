using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class QuotedDatagramTests
{
    [Fact]
    public void Quotation_is_read_at_every_length_and_never_beyond_it()
    {
        foreach (bool v6 in (bool[])[false, true])
        {
            byte[] quoted = Quoted(TestTransport.Udp(1000, 53, 20), v6);
            for (int length = 0; length <= quoted.Length; length++)
            {
                bool isRead = QuotedDatagram.TryRead(Message(v6 ? (byte)1 : (byte)3, quoted[..length]), v6, out QuotedDatagram quotation);
                Assert.Equal(length >= (v6 ? 48 : 28), isRead);
                if (!isRead) continue;
                Assert.Equal((1000, 53, TrackKind.Udp), (quotation.SourcePort, quotation.DestinationPort, quotation.Kind));
                Assert.Equal((length - (v6 ? 40 : 20), 28), (quotation.TransportBytes, quotation.OriginalTransportBytes));
            }
        }
    }

    [Fact]
    public void Error_to_another_than_the_quoted_sender_is_not_about_its_flow()
    {
        byte[] message = Message(3, Quoted(TestTransport.Tcp(1, 2), v6: false));
        Assert.True(QuotedDatagram.TryRead(message, v6: false, out QuotedDatagram quotation));
        Assert.True(quotation.IsFor(TestFrames.V4("10.0.0.1").Value));
        Assert.False(quotation.IsFor(TestFrames.V4("10.0.0.2").Value));
    }

    [Fact]
    public void Quoted_errors_later_fragments_and_other_families_are_refused()
    {
        Assert.False(Reads(Message(3, Quoted(TestTransport.Icmp(3, 1, 0, new byte[28]), v6: false)), v6: false));
        Assert.False(Reads(Message(1, Quoted(TestTransport.Icmpv6(1, 0, 0, new byte[48]), v6: true)), v6: true));
        byte[] later = TestFrames.Ipv4(
            "10.0.0.1", "192.0.2.1", TestTransport.Udp(1, 2, 30), ip => ip with { FragmentOffsetBytes = 8 })[14..];
        Assert.False(Reads(Message(3, later), v6: false));
        TestExtension fragment = TestExtension.Fragment(0, false);
        byte[] twice = TestFrames.Ipv6("2001:db8::1", "2001:db8::2", TestTransport.Udp(1, 2), null, fragment, fragment)[14..];
        Assert.False(Reads(Message(1, twice), v6: true));
        Assert.False(Reads(Message(1, Quoted(TestTransport.Udp(1, 2), v6: false)), v6: true));
        Assert.False(Reads(Message(3, Quoted(TestTransport.Udp(1, 2), v6: true)), v6: false));
        Assert.False(Reads(Message(8, Quoted(TestTransport.Udp(1, 2), v6: false)), v6: false));                 // no error
        Assert.False(Reads(Message(128, Quoted(TestTransport.Udp(1, 2), v6: true)), v6: true));
    }

    [Fact]
    public void Echo_request_in_a_quotation_is_known_by_its_identifier()
    {
        byte[] message = Message(11, Quoted(TestTransport.EchoRequest(77), v6: false));
        Assert.True(QuotedDatagram.TryRead(message, v6: false, out QuotedDatagram quotation));
        Assert.Equal((TrackKind.Icmp, (ushort)77, (byte)8), (quotation.Kind, quotation.SourcePort, quotation.Query.QueryType));
    }

    [Theory]
    [InlineData(NetworkKind.Ipv4, IpProtocol.Icmpv6, TrackKind.Other)]
    [InlineData(NetworkKind.Ipv6, IpProtocol.Icmp, TrackKind.Other)]
    [InlineData(NetworkKind.Ipv4, IpProtocol.Icmp, TrackKind.Icmp)]
    [InlineData(NetworkKind.Ipv6, IpProtocol.Icmpv6, TrackKind.Icmpv6)]
    public void Icmp_of_the_other_family_is_nobodys(NetworkKind network, IpProtocol protocol, TrackKind kind) =>
        Assert.Equal(kind, TrackKinds.Of(network, protocol));

    [Fact]
    public void Other_family_s_icmp_in_a_quotation_has_no_identifier()
    {
        byte[] quoted = Quoted(TestTransport.Raw(IpProtocol.Icmpv6, 128, 0, 0, 0, 0, 9, 0, 1), v6: false);
        Assert.True(QuotedDatagram.TryRead(Message(3, quoted), v6: false, out QuotedDatagram quotation));
        Assert.Equal((TrackKind.Other, (ushort)0), (quotation.Kind, quotation.SourcePort));
    }

    [Fact]
    public void Echo_with_identifier_zero_shares_no_key_with_messages_that_have_none()
    {
        Assert.True(IcmpQuery.TryRead(Message(128, []), v6: true, out IcmpQuery echo));
        for (int type = 129; type < 256; type++)
        {
            Assert.True(IcmpQuery.TryRead(Message((byte)type, []), v6: true, out IcmpQuery other));
            Assert.Equal(type == 129, other.QueryType == echo.QueryType && other.Identifier == echo.Identifier);
        }
    }

    [Fact]
    public void Every_query_of_icmp_and_its_reply_are_one_flow()
    {
        foreach ((byte query, byte reply) in ((byte, byte)[])[(8, 0), (13, 14), (15, 16), (17, 18)])
        {
            byte[] question = Message(query, []), answer = Message(reply, []);
            question[5] = answer[5] = 9;
            Assert.True(IcmpQuery.TryRead(question, v6: false, out IcmpQuery one));
            Assert.True(IcmpQuery.TryRead(answer, v6: false, out IcmpQuery other));
            Assert.Equal(one with { IsReply = true }, other);
            Assert.Equal((query, (ushort)9, true), (one.QueryType, one.Identifier, one.HasIdentifier));
        }

        Assert.False(IcmpQuery.TryRead(new byte[7], v6: false, out _));
        Assert.False(IcmpQuery.TryRead(Message(5, []), v6: false, out _));
    }

    private static bool Reads(byte[] message, bool v6) => QuotedDatagram.TryRead(message, v6, out _);

    private static byte[] Message(byte type, byte[] rest) => [type, 0, 0, 0, 0, 0, 0, 0, .. rest];

    private static byte[] Quoted(TestTransport transport, bool v6) =>
        (v6 ? TestFrames.Ipv6("2001:db8::1", "2001:db8::2", transport) : TestFrames.Ipv4("10.0.0.1", "192.0.2.1", transport))[14..];
}
