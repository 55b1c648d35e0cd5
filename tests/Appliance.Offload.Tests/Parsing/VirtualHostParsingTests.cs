using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Offload.Tests.Parsing;

/// <summary>Frames to virtual MAC addresses: taken while the box is that virtual host, on that link, and not before or after.</summary>
public sealed class VirtualHostParsingTests : IDisposable
{
    private static readonly MacAddress First = new(0x0000_5e00_0101), Second = new(0x0000_5e00_0102);

    private readonly ParseRig _rig = new();
    private readonly byte[] _datagram = TestFrames.Ipv4("192.0.2.1", "198.51.100.2", TestTransport.Udp(1, 2));

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void A_frame_to_a_virtual_host_is_parsed_as_any_other_while_it_is_here()
    {
        FrameInfo own = _rig.ParseSound(TestFrames.WithMacs(_datagram, ParseRig.Ports[ParseRig.Lan].Mac, TestFrames.Host));
        FrameInfo info = _rig.ParseSound(TestFrames.WithMacs(_datagram, First, TestFrames.Host));
        Assert.Equal((own.NetworkOffset, own.TransportOffset, own.DatagramLength, own.Traits),
            (info.NetworkOffset, info.TransportOffset, info.DatagramLength, info.Traits));
        Assert.Equal(DropReason.NotForUs, _rig.Parse(TestFrames.WithMacs(_datagram, Second, TestFrames.Host)));
    }

    [Fact]
    public void Each_link_has_virtual_hosts_of_its_own()
    {
        Assert.Equal(DropReason.NotForUs, _rig.Parse(TestFrames.Tagged(TestFrames.WithMacs(_datagram, First, TestFrames.Host), 5)));
        Assert.Equal(DropReason.None, _rig.Parse(TestFrames.Tagged(TestFrames.WithMacs(_datagram, Second, TestFrames.Host), 5)));
        Assert.Equal(DropReason.NotForUs, _rig.Parse(TestFrames.Tagged(TestFrames.WithMacs(_datagram, Second, TestFrames.Host), 5, 7)));
    }

    [Fact]
    public void A_takeover_counts_from_the_next_frame_on()
    {
        var hosts = new VirtualHosts();
        var ports = new PortTable([ParseRig.Ports[ParseRig.Lan] with { VirtualHosts = hosts }]);
        byte[] frame = TestFrames.WithMacs(_datagram, Second, TestFrames.Host);
        foreach (bool isHeld in new[] { true, false, true })
        {
            if (isHeld) hosts.Hold(2);
            else hosts.GiveUp(2);
            Assert.Equal(isHeld ? DropReason.None : DropReason.NotForUs, _rig.Parse(frame, out _, ports: ports));
        }
    }

    [Fact]
    public void Every_VHID_has_a_place_of_its_own()
    {
        for (int vhid = 0; vhid <= byte.MaxValue; vhid++)
        {
            var hosts = new VirtualHosts();
            hosts.Hold((byte)vhid);
            Assert.Equal([vhid], Enumerable.Range(0, 256).Where(other => hosts.IsHeld((byte)other)));
        }
    }
}
