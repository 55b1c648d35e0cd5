using Appliance.Engine;
using Appliance.Wire.Arp;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>One box of a pair: its control side, and what it shares of it.</summary>
internal sealed class NeighbourSide : IFlowJournal
{
    private static readonly KeyedRandom Key = KeyedRandom.FromSeed(4711);

    private readonly List<(FlowChange Change, byte[] Record)> _told = [];

    /// <param name="own">Its address on the lan.</param>
    /// <param name="leads">Its stream is the leader's.</param>
    public NeighbourSide(string own, bool leads = false)
    {
        Own = own;
        Rig = new ControlRig();
        Rig.Control.Adopt(Rig.Facts([own + "/24"]), Rig.Now);
        Rig.Wait(10 * ControlRig.Second);
        Rig.TakeSent();
        Replica = new NeighbourReplica(Rig.Control, stream: 0, this, Key, () => leads, () => MayPeerLack, () => HearsPeer);
        Replica.Begin();
    }

    public string Own { get; }

    /// <summary>Whether the other has begun anew.</summary>
    public bool MayPeerLack { get; set; } = true;

    /// <summary>Whether the other is there.</summary>
    public bool HearsPeer { get; set; } = true;

    public ControlRig Rig { get; }

    public NeighbourReplica Replica { get; }

    public ulong Digest => Replica.DigestOf(0);

    /// <summary>A frame goes to a host, which answers.</summary>
    public void Resolve(string host)
    {
        Rig.Want(host);
        if (ControlRig.Address(host).IsV6)
            Rig.HearAdvertisement(host, solicited: true, overrides: true, ControlRig.HostMac);
        else
            Rig.HearArp(ArpOperation.Reply, host, Own, to: ControlRig.Mac);
        Rig.TakeSent();
    }

    /// <summary>What is to be told now.</summary>
    public (FlowChange Change, byte[] Record)[] Tell()
    {
        while (Replica.Tell(3) > 0) { }
        (FlowChange, byte[])[] told = [.. _told];
        _told.Clear();
        return told;
    }

    public FlowAdoption Take(FlowChange change, byte[] record) => Replica.Adopt(0, change, record, Rig.Now);

    /// <summary>What the other has to tell, and what becomes of it.</summary>
    public FlowAdoption[] TakeFrom(NeighbourSide other) => [.. other.Tell().Select(told => Take(told.Change, told.Record))];

    /// <summary>All that the other has; answers what is gone by that.</summary>
    public int TakeAllOf(NeighbourSide other)
    {
        Replica.BeginWhole(0);
        var record = new byte[IFlowJournal.MaxRecordBytes];
        ulong cursor = 0;
        for (int length; (length = other.Replica.Export(0, ref cursor, record)) > 0;) Take(FlowChange.Made, record[..length]);
        return Replica.EndWhole(0);
    }

    bool IFlowJournal.TryWrite(int bucket, FlowChange change, ReadOnlySpan<byte> record)
    {
        _told.Add((change, record.ToArray()));
        return true;
    }
}
