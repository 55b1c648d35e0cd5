using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Sync;

namespace Appliance.Failover;

/// <summary>
/// Hands the records of a parcel to the workers that own their streams. A parcel that is not done, because an inbox is full, goes on where
/// it stopped.
/// </summary>
/// <param name="streams">How many there are.</param>
/// <param name="inboxes">By worker.</param>
/// <param name="ownerOf">The worker that has a stream now; <see cref="SyncStreams.Nobody"/>: what comes for it is passed over.</param>
internal sealed class SyncDelivery(int streams, ImmutableArray<SyncInbox> inboxes, Func<int, int> ownerOf)
{
    private int _done;                                                // records of the current parcel that were handed on
    private uint _epoch;

    public int Records { get; private set; }

    public int UnknownSections { get; private set; }

    public int Broken { get; private set; }

    /// <summary>Of the records those of streams that nobody has.</summary>
    public int Unowned { get; private set; }

    /// <summary>Of another epoch; the workers see by it what is of which.</summary>
    public void Begin(uint epoch) => (_done, _epoch) = (0, epoch);

    /// <summary>False: an inbox is full, and the same parcel is to be handed in again.</summary>
    public bool TryDeliver(ReadOnlySpan<byte> parcel)
    {
        (Records, UnknownSections, Broken, Unowned) = (0, 0, 0, 0);
        int passed = 0;
        var sections = new SyncSections(parcel);
        while (sections.TryNext(out SyncSectionKind kind, out ReadOnlySpan<byte> content))
        {
            if (kind != SyncSectionKind.Records) UnknownSections++;
            else if (!SyncRecords.TryParse(content, out SyncRecords records) || records.Stream >= streams) Broken++;
            else if (!TryDeliver(ref records, ref passed)) return false;
        }

        if (sections.IsBroken) Broken++;
        _done = 0;
        return true;
    }

    /// <summary>False: the inbox is full.</summary>
    public bool TryHand(int stream, SyncRecordKind kind) => TryPut(stream, kind, 0, default);

    private bool TryDeliver(ref SyncRecords records, ref int passed)
    {
        while (records.TryNext(out SyncRecordKind kind, out ulong sequence, out ReadOnlySpan<byte> record))
        {
            if (passed++ < _done) continue;
            if (kind != SyncBuckets.ToCompare && !TryPut(records.Stream, kind, sequence, record)) return false;
            _done++;
            Records++;
        }

        if (records.IsBroken) Broken++;
        return true;
    }

    private bool TryPut(int stream, SyncRecordKind kind, ulong sequence, ReadOnlySpan<byte> record)
    {
        int owner = ownerOf(stream);
        if (owner == SyncStreams.Nobody)
        {
            Unowned++;
            return true;
        }

        return inboxes[owner].Ring.TryPut(new RecordNote((ushort)stream, (byte)kind, sequence, _epoch), record);
    }
}
