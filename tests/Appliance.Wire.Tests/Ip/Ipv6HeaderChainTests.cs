using Appliance.Wire.Ip;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Ip;

public sealed class Ipv6HeaderChainTests
{
    private const string Addresses = "20010db8000100000000000000000002 20010db8000100000000000000000001";

    // zeek's ipv6-http-atomic-frag.pcap, frame 13: a SYN behind a fragment header that is the first and the last.
    private const string AtomicFragment =
        "60000000 001c 2c 40" + Addresses + "0600000000000000 e92e005069817905000000005002200068660000";

    [Fact]
    public void Atomic_fragment_of_a_real_frame_leads_to_its_transport()
    {
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(Hex.Bytes(AtomicFragment));
        Assert.Equal(Ipv6WalkOutcome.Complete, chain.Outcome);
        Assert.Equal(IpProtocol.Tcp, chain.Protocol);
        Assert.Equal(48, chain.TransportOffset);
        Assert.Equal(1, chain.ExtensionHeaderCount);
        Assert.Equal(1, chain.FragmentHeaderCount);
        Assert.Equal(40, chain.FragmentHeaderOffset);
        Assert.Equal(0, chain.FragmentOffsetBytes);
        Assert.False(chain.MoreFragments);
        Assert.Equal(0u, chain.FragmentIdentification);
        Assert.Equal(0, chain.RoutingHeaderOffset);
        Assert.False(chain.HasRoutingType0);
        Assert.False(chain.IsNonFirstFragment);
        Assert.False(chain.IsFragment);
    }

    [Fact]
    public void Each_kind_of_header_has_its_own_length()
    {
        // Hop-by-hop (8), routing type 0 (16), authentication (6 words of 4), destination options (8), UDP.
        byte[] datagram = Hex.Bytes("60000000 0000 00 40" + Addresses
            + "2b00010400000000" + "3302000000000000 0000000000000000 0000000000000000"
            + "3c04000000000000 0000000000000000 0000000000000000" + "1100010400000000" + "0035003500080000");
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(datagram);
        Assert.Equal(Ipv6WalkOutcome.Complete, chain.Outcome);
        Assert.Equal(IpProtocol.Udp, chain.Protocol);
        Assert.Equal(4, chain.ExtensionHeaderCount);
        Assert.Equal(datagram.Length - 8, chain.TransportOffset);
        Assert.Equal(48, chain.RoutingHeaderOffset);
        Assert.True(chain.HasRoutingType0);
        Assert.Equal(0, chain.FragmentHeaderCount);
    }

    [Fact]
    public void Walk_ends_behind_a_fragment_that_is_not_the_first()
    {
        // Next header says routing; the bytes behind are the middle of something.
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(Hex.Bytes("60000000 0010 2c 40" + Addresses + "2b0005a912345678 3a00000000000000"));
        Assert.Equal(Ipv6WalkOutcome.Complete, chain.Outcome);
        Assert.Equal(IpProtocol.Routing, chain.Protocol);
        Assert.Equal(48, chain.TransportOffset);
        Assert.Equal(1448, chain.FragmentOffsetBytes);
        Assert.Equal(0x12345678u, chain.FragmentIdentification);
        Assert.True(chain.MoreFragments);
        Assert.True(chain.IsNonFirstFragment);
        Assert.True(chain.IsFragment);
        Assert.False(chain.HasRoutingType0);
    }

    [Fact]
    public void Every_truncation_is_reported()
    {
        byte[] datagram = Hex.Bytes(AtomicFragment);
        for (int length = 0; length < 48; length++)
            Assert.Equal(Ipv6WalkOutcome.Truncated, Ipv6HeaderChain.Walk(datagram.AsSpan(0, length)).Outcome);
        for (int length = 48; length <= datagram.Length; length++)
            Assert.Equal(Ipv6WalkOutcome.Complete, Ipv6HeaderChain.Walk(datagram.AsSpan(0, length)).Outcome);
    }

    [Theory]
    [InlineData(Ipv6ExtensionReader.MaxExtensionHeaders, Ipv6WalkOutcome.Complete)]
    [InlineData(Ipv6ExtensionReader.MaxExtensionHeaders + 1, Ipv6WalkOutcome.TooManyHeaders)]
    public void Chain_is_bounded(int headers, Ipv6WalkOutcome outcome)
    {
        byte[] datagram = new byte[Ipv6View.HeaderLength + (headers * 8)];
        datagram[6] = (byte)IpProtocol.DestinationOptions;
        for (int i = 0; i < headers; i++)
            datagram[Ipv6View.HeaderLength + (i * 8)] = (byte)(i == headers - 1 ? IpProtocol.Udp : IpProtocol.DestinationOptions);
        Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(datagram);
        Assert.Equal(outcome, chain.Outcome);
        Assert.Equal(Ipv6ExtensionReader.MaxExtensionHeaders, chain.ExtensionHeaderCount);
    }

    [Fact]
    public void Random_bytes_never_throw_and_the_transport_stays_within_the_bytes()
    {
        byte[] extensions = [0, 43, 44, 51, 60, 135, 139, 140];
        var random = new Random(8);
        for (int round = 0; round < SeededValues.HostileRounds; round++)
        {
            byte[] datagram = random.NextOctets(random.Next(200));
            // Every second byte names an extension header and lengths are small, so that chains are long.
            for (int i = 6; i < datagram.Length; i += 2) datagram[i] = extensions[random.Next(extensions.Length)];
            for (int i = 41; i < datagram.Length; i += 2) datagram[i] &= 1;
            Ipv6HeaderChain chain = Ipv6HeaderChain.Walk(datagram);
            Assert.InRange(chain.TransportOffset, 0, datagram.Length);
            Assert.InRange(chain.ExtensionHeaderCount, 0, Ipv6ExtensionReader.MaxExtensionHeaders);
        }
    }
}
