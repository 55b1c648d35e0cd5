using Appliance.Wire.Sync;

namespace Appliance.Engine;

/// <summary>
/// Where a worker writes what the peer has to know of its flows. Called by that worker alone, in the midst of its breath and before the
/// frames of that breath leave: it takes no lock and allocates nothing.
/// </summary>
public interface IFlowJournal
{
    /// <summary>Bytes of a record, at most: one fits into a datagram beside others.</summary>
    const int MaxRecordBytes = SyncRecords.MaxRecordLength;

    /// <summary>
    /// Takes a copy of a record, which says itself what is in it. Those of one bucket reach the peer in the order in which they are
    /// written.
    /// </summary>
    /// <param name="bucket">The flow's steering bucket, the same on both appliances of a pair.</param>
    /// <param name="change">What has become of it.</param>
    /// <param name="record">Of at most <see cref="MaxRecordBytes"/>.</param>
    /// <returns>False: there is no room. The bucket counts as torn from here on, and the journal sees to its repair.</returns>
    bool TryWrite(int bucket, FlowChange change, ReadOnlySpan<byte> record);
}
