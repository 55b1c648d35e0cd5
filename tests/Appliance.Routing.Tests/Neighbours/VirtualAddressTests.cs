using Appliance.Testing;
using Appliance.Wire.Arp;
using Appliance.Wire.Ethernet;
using Xunit;
using static Appliance.Routing.Tests.Neighbours.ControlRig;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>Addresses that a pair shares: answered for, with the virtual MAC address, by whoever is the virtual host at the moment.</summary>
public sealed class VirtualAddressTests
{
    private const string Asker = "192.168.1.10", AskerV6 = "2001:db8:1::10";

    private readonly ControlRig _rig = new();

    [Fact]
    public void Only_while_it_is_here_is_it_answered_for_and_with_the_virtual_MAC_address()
    {
        _rig.HearArp(ArpOperation.Request, Asker, Virtual).HearSolicitation(VirtualV6, AskerV6, HostMac);
        Assert.Empty(_rig.TakeSent());
        _rig.VirtualHosts.Hold(7);
        _rig.HearArp(ArpOperation.Request, Asker, Virtual).HearSolicitation(VirtualV6, AskerV6, HostMac);
        (int Port, byte[] Frame)[] sent = _rig.TakeSent();
        Assert.Equal(2, sent.Length);
        Assert.All(sent, said => Assert.Equal(VirtualMac, MacAddress.Read(said.Frame.AsSpan(MacAddress.Length))));
        Assert.True(ArpView.TryParse(sent[0].Frame.AsSpan(14), out ArpView reply));
        Assert.Equal((VirtualMac, TestFrames.V4(Virtual)), (reply.SenderHardwareAddress, reply.SenderProtocolAddress));
        Assert.Equal(VirtualMac, MacAddress.Read(sent[1].Frame.AsSpan(sent[1].Frame.Length - MacAddress.Length)));
        _rig.VirtualHosts.GiveUp(7);
        _rig.HearArp(ArpOperation.Request, Asker, Virtual).HearSolicitation(VirtualV6, AskerV6, HostMac);
        Assert.Empty(_rig.TakeSent());
    }

    [Fact]
    public void A_question_to_the_virtual_MAC_address_is_heard_only_while_it_is_here()
    {
        _rig.HearArp(ArpOperation.Request, Asker, Own, to: VirtualMac);
        Assert.Empty(_rig.TakeSent());
        _rig.VirtualHosts.Hold(7);
        _rig.HearArp(ArpOperation.Request, Asker, Virtual, to: VirtualMac);
        Assert.Single(_rig.TakeSent());
        _rig.HearArp(ArpOperation.Request, Asker, Virtual, to: new MacAddress(0x0000_5e00_0108));
        Assert.Empty(_rig.TakeSent());
    }

    [Fact]
    public void While_the_peer_has_it_it_is_a_neighbour_like_any_other()
    {
        _rig.Want(Virtual).TakeSent();
        _rig.HearArp(ArpOperation.Reply, Virtual, Own, VirtualMac, Mac);
        Assert.Equal((NeighbourState.Reachable, VirtualMac), _rig.Seen(Virtual));
        _rig.HearArp(ArpOperation.Request, Virtual, Own, VirtualMac);
        Assert.Single(_rig.TakeSent());
        Assert.DoesNotContain(_rig.TakeNotices(), notice => notice.Kind == NeighbourNoticeKind.Conflict);
    }

    [Fact]
    public void The_address_of_the_port_itself_stays_at_its_own_MAC_address()
    {
        _rig.VirtualHosts.Hold(7);
        _rig.HearArp(ArpOperation.Request, Asker, Own);
        Assert.Equal(Mac, MacAddress.Read(Assert.Single(_rig.TakeSent()).Frame.AsSpan(MacAddress.Length)));
    }
}
