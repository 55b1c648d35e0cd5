using Appliance.Engine;
using Appliance.Wire.Sync;

namespace Appliance.Failover;

/// <summary>
/// What one worker writes for the peer, until the thread of failover packs it. While there is no peer nothing is kept; that something has
/// changed is, so that whoever comes is told.
/// </summary>
/// <param name="streams">Shared by all of the box.</param>
/// <param name="bytes">Of memory; a power of two. What does not fit tears its stream.</param>
public sealed class SyncJournal(SyncStreams streams, int bytes = SyncJournal.UsualBytes) : IFlowJournal
{
    /// <summary>Some thousand records: what a worker writes while failover's thread has no processor for some milliseconds.</summary>
    public const int UsualBytes = 1 << 20;

    private long _lost;

    /// <summary>It is of the streams behind those of flows, instead of those.</summary>
    public bool IsBeside { get; init; }

    /// <summary>Changes that found no room.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Nothing waits to be packed, as anyone may see it.</summary>
    public bool IsEmpty => Ring.IsEmpty;

    /// <summary>The worker's breath, by which the age of records is measured.</summary>
    internal MonotonicTime Now { get; set; }

    /// <summary>It did not breathe for so long that what ends in this breath may end by its clock alone, and live at the peer.</summary>
    internal bool HasSlept { get; set; }

    internal RecordRing Ring { get; } = new(bytes);

    /// <summary>What is told beside changes leaves them this much room.</summary>
    public bool HasRoomToTell => Ring.UsedBytes < bytes / 2;

    /// <inheritdoc/>
    public bool TryWrite(int bucket, FlowChange change, ReadOnlySpan<byte> record)
    {
        if (!Has(bucket)) return false;                               // of rules that are new; who shares by them comes
        if (!streams.IsOpenFor(bucket) || (HasSlept && change == FlowChange.Ended))
        {
            streams.MarkDirty(bucket);
            return true;
        }

        if (TryPut(bucket, (SyncRecordKind)change, record)) return true;
        Volatile.Write(ref _lost, _lost + 1);
        streams.MarkTorn(bucket);
        return false;
    }

    private bool Has(int stream) => IsBeside
        ? stream >= streams.Buckets && stream < streams.Count
        : (uint)stream < (uint)streams.Buckets;

    internal bool TryPut(int stream, SyncRecordKind kind, ReadOnlySpan<byte> record)
    {
        if (record.Length > SyncRecords.MaxRecordLength) return false;
        var note = new RecordNote((ushort)stream, (byte)kind, streams.WrittenOf(stream) + 1, Now.Nanoseconds);
        if (!Ring.TryPut(note, record)) return false;
        streams.Advance(stream);
        return true;
    }
}
