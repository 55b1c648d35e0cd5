using Appliance.Engine;
using Appliance.Wire.Arp;
using Xunit;
using static Appliance.Routing.Tests.Neighbours.ControlRig;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>Neighbours that one box of a pair does not see any more, or tells anew: what the other keeps of them.</summary>
public sealed class KeptNeighboursTests
{
    private const string Host = "192.168.1.10", OtherOwn = "192.168.1.2";

    private readonly NeighbourSide _first = new(Own, leads: true), _second = new(OtherOwn);

    /// <summary>
    /// A cable that is pulled says nothing of who is behind it: the other box takes over, and is who knows them when the cable is back.
    /// </summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Whom_the_peer_sees_no_more_is_kept_for_it(bool isUsed, bool wasHeard)
    {
        _first.Resolve(Host);
        _second.TakeFrom(_first);
        if (isUsed) _second.Rig.Want(Host);
        if (wasHeard) _second.Rig.HearArp(ArpOperation.Request, Host, Own);
        _first.Rig.Control.OnLink(new PortId(Lan), isUp: false, _first.Rig.Now);
        Assert.Equal([FlowAdoption.Removed], _second.TakeFrom(_first));
        Assert.Equal(isUsed ? NeighbourState.Delay : NeighbourState.Stale, _second.Rig.StateOf(Host));
        Assert.Equal([FlowAdoption.Adopted], _first.TakeFrom(_second));
        _first.Rig.Control.OnLink(new PortId(Lan), isUp: true, _first.Rig.Now);
        _first.Replica.Apply(_first.Rig.Now);
        Assert.Equal((NeighbourState.Stale, HostMac), _first.Rig.Seen(Host));
        Assert.Equal((0, 1, 1, 0), (_first.Replica.Own, _first.Replica.Peers, _second.Replica.Own, _second.Replica.Peers));
        Assert.Equal(_first.Digest, _second.Digest);
    }

    /// <summary>As when a reload changes the lane: what was told by the former lane is told by the next, and so is its end.</summary>
    [Fact]
    public void What_is_told_anew_by_another_lane_ends_there_too()
    {
        _first.Resolve(Host);
        _first.Rig.Wait(100 * Second);
        Assert.Equal(NeighbourState.Stale, _first.Rig.StateOf(Host));
        foreach (NeighbourSide side in (NeighbourSide[])[_first, _second])
        {
            side.Replica.End();
            side.Replica.Begin();
        }

        Assert.Equal([FlowAdoption.Adopted], _second.TakeFrom(_first));
        _first.Rig.Wait(4000 * Second);
        Assert.Equal([FlowAdoption.Removed], _second.TakeFrom(_first));
        Assert.Equal((0, 0), (_first.Replica.Own, _second.Replica.Peers));
        Assert.Equal((NeighbourState.Vacant, NeighbourState.Vacant), (_first.Rig.StateOf(Host), _second.Rig.StateOf(Host)));
    }

    [Fact]
    public void What_is_told_again_while_it_is_in_use_is_not_told_back()
    {
        _first.Resolve(Host);
        _second.TakeFrom(_first);
        _second.Rig.Want(Host);
        _second.Rig.Control.Adopt(_second.Rig.Facts([OtherOwn + "/24"]), _second.Rig.Now);
        _second.Replica.Apply(_second.Rig.Now);
        Assert.Equal(NeighbourState.Delay, _second.Rig.StateOf(Host));
        Assert.Empty(_first.TakeFrom(_second));
    }

    /// <summary>Nobody has seen it any more: it is not handed to and fro for ever.</summary>
    [Fact]
    public void What_is_kept_grows_old_as_ever_and_is_gone_on_both_then()
    {
        _first.Resolve(Host);
        _second.TakeFrom(_first);
        _first.Rig.Control.OnLink(new PortId(Lan), isUp: false, _first.Rig.Now);
        _second.TakeFrom(_first);
        _first.TakeFrom(_second);
        _second.Rig.Wait(1100 * Second);
        Assert.Equal(NeighbourState.Stale, _second.Rig.StateOf(Host));
        _second.Rig.Wait(200 * Second);
        Assert.Equal([FlowAdoption.Removed], _first.TakeFrom(_second));
        Assert.Empty(_second.TakeFrom(_first));
        Assert.Equal((NeighbourState.Vacant, NeighbourState.Vacant), (_first.Rig.StateOf(Host), _second.Rig.StateOf(Host)));
    }
}
