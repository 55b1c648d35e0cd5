using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Sync;

namespace Appliance.Failover;

/// <summary>
/// Takes what the workers have written and packs it into parcels, each stream in its order. Where a stream went from one worker to another
/// its records are in two journals for a moment; those of the former come first.
/// </summary>
internal sealed class SyncPacking(SyncStreams streams, ImmutableArray<SyncJournal> journals)
{
    private readonly ulong[] _packed = new ulong[streams.Count];
    private int _first;                                               // the journal that is asked first

    public int Records { get; private set; }

    /// <summary>When the oldest record of the last parcel was written.</summary>
    public long OldestTime { get; private set; }

    public bool HasAny
    {
        get
        {
            foreach (SyncJournal journal in journals)
            {
                if (!journal.Ring.IsEmpty) return true;
            }

            return false;
        }
    }

    /// <summary>When the oldest record was written that waits to be packed; null: none does.</summary>
    public long? OldestWaiting
    {
        get
        {
            long oldest = long.MaxValue;
            foreach (SyncJournal journal in journals)
            {
                if (journal.Ring.TryPeek(out RecordNote note, out _)) oldest = Math.Min(oldest, note.Time);
            }

            return oldest == long.MaxValue ? null : oldest;
        }
    }

    public ulong PackedOf(int stream) => _packed[stream];

    /// <summary>Packs as many as fit; answers the parcel's length, 0 when there was nothing.</summary>
    public int Pack(Span<byte> room)
    {
        var writer = new SyncParcelWriter(room);
        OldestTime = long.MaxValue;
        bool isFull = false, hasMore = true;
        while (hasMore && !isFull)
        {
            hasMore = false;
            for (int i = 0; i < journals.Length && !isFull; i++)
                hasMore |= Drain(journals[(_first + i) % journals.Length], ref writer, out isFull);
        }

        if (journals.Length > 1) _first = (_first + 1) % journals.Length;
        Records = writer.Records;
        return writer.Length;
    }

    /// <summary>Throws away what was written for an epoch that is over; answers how many records. Their streams are to be told.</summary>
    public int Abandon()
    {
        int records = 0;
        foreach (SyncJournal journal in journals)
        {
            for (; journal.Ring.TryPeek(out RecordNote note, out _); records++)
            {
                streams.MarkDirty(note.Stream);
                _packed[note.Stream] = Math.Max(_packed[note.Stream], note.Sequence);
                journal.Ring.RemoveFirst();
            }
        }

        return records;
    }

    /// <summary>True: records were taken, and others may follow now.</summary>
    private bool Drain(SyncJournal journal, ref SyncParcelWriter writer, out bool isFull)
    {
        bool hasTaken = false;
        isFull = false;
        while (journal.Ring.TryPeek(out RecordNote note, out ReadOnlySpan<byte> record))
        {
            if (note.Sequence > _packed[note.Stream] + 1) return hasTaken;         // its forerunners are in another journal
            isFull = !writer.TryAdd(note.Stream, note.Sequence, (SyncRecordKind)note.Kind, record);
            if (isFull) return hasTaken;
            _packed[note.Stream] = note.Sequence;
            OldestTime = Math.Min(OldestTime, note.Time);
            journal.Ring.RemoveFirst();
            hasTaken = true;
        }

        return hasTaken;
    }
}
