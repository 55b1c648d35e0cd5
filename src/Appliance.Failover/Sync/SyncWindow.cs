using System.Numerics;
using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>
/// Parcels that were sent and that the peer has not acknowledged: one window for all streams, so what a box keeps for its peer is bounded
/// whatever happens. Losses are seen by what arrived behind them (three parcels that were sent later), or by silence; each narrows the
/// window, and what arrives widens it.
/// </summary>
internal sealed class SyncWindow
{
    /// <summary>Parcels that are kept at either end.</summary>
    public const int Capacity = 256;

    /// <summary>
    /// Parcels under way at most: fewer than a socket's buffer holds, so that heartbeats find room behind them, and no more than an answer
    /// can name one by one.
    /// </summary>
    public const int MaxUnderWay = 64;

    private const int MinUnderWay = 8;
    private const int LaterArrivals = 3;                              // RFC 5681 §3.2 counts as many
    private const int MaxDoublings = 5;
    private const int AnswersOfPatience = 4;

    private readonly byte[] _memory;
    private readonly int _parcelBytes;
    private readonly Parcel[] _parcels = new Parcel[Capacity];
    private readonly long _retransmit;
    private ulong _recoverUntil;                                      // losses below it have narrowed the window already
    private ulong _sendOrdinal;
    private ulong _newestArrived;                                     // the latest sending that has arrived
    private int _unarrived;
    private long _smoothedAnswer;                                     // nanoseconds until a parcel's arrival is known (RFC 6298's SRTT)

    private struct Parcel
    {
        public int Length;
        public int Records;
        public long OldestTime;                                       // of its records
        public MonotonicTime SentAt;
        public ulong Ordinal;                                         // of its last sending
        public int Sendings;
        public bool HasArrived;
    }

    public SyncWindow(int parcelBytes, long retransmitNanoseconds)
    {
        (_parcelBytes, _retransmit) = (parcelBytes, retransmitNanoseconds);
        _memory = GC.AllocateUninitializedArray<byte>(Capacity * parcelBytes);
        Reset();
    }

    /// <summary>The oldest that is not acknowledged; <see cref="Next"/> when all are.</summary>
    public ulong First { get; private set; }

    /// <summary>The number that the next one gets.</summary>
    public ulong Next { get; private set; }

    public int Limit { get; private set; }

    public bool IsEmpty => First == Next;

    public bool CanBegin => Next - First < Capacity && _unarrived < Limit;

    /// <summary>Where the next parcel is written.</summary>
    public Span<byte> Room => _memory.AsSpan(Slot(Next) * _parcelBytes, _parcelBytes);

    /// <summary>When the oldest record that is not acknowledged was written; null: there is none.</summary>
    public long? OldestTime => IsEmpty ? null : _parcels[Slot(First)].OldestTime;

    /// <summary>When silence calls for the oldest again.</summary>
    public MonotonicTime Deadline => IsEmpty ? MonotonicTime.Never : DueAt(_parcels[Slot(First)]);

    public void Reset()
    {
        (First, Next, Limit, _recoverUntil, _sendOrdinal, _newestArrived, _unarrived) = (1, 1, 4 * MinUnderWay, 0, 0, 0, 0);
        _smoothedAnswer = 0;
    }

    /// <summary>What stands in <see cref="Room"/> is the next parcel. It is sent now.</summary>
    public ulong Commit(int length, int records, long oldestTime, MonotonicTime now)
    {
        _parcels[Slot(Next)] = new Parcel { Length = length, Records = records, OldestTime = oldestTime };
        _unarrived++;
        MarkSent(Next, now);
        return Next++;
    }

    public ReadOnlySpan<byte> Bytes(ulong number) => _memory.AsSpan(Slot(number) * _parcelBytes, _parcels[Slot(number)].Length);

    public int RecordsOf(ulong number) => _parcels[Slot(number)].Records;

    public long OldestTimeOf(ulong number) => _parcels[Slot(number)].OldestTime;

    /// <summary>One that has to be sent again, and counts as sent.</summary>
    /// <remarks>The oldest also when it has arrived: the answer that hands it on may be lost.</remarks>
    public bool TryTakeLost(MonotonicTime now, out ulong number)
    {
        for (number = First; number < Next; number++)
        {
            ref Parcel parcel = ref _parcels[Slot(number)];
            bool isSilent = now >= DueAt(parcel) && (!parcel.HasArrived || number == First);
            bool isOvertaken = !parcel.HasArrived && parcel.Ordinal + LaterArrivals <= _newestArrived;
            if (!isSilent && !isOvertaken) continue;
            if (!parcel.HasArrived) Narrow(number);
            MarkSent(number, now);
            return true;
        }

        return false;
    }

    /// <summary>Whether <see cref="TryTakeLost"/> need be asked.</summary>
    public bool MayHaveLost(MonotonicTime now) =>
        !IsEmpty && (now >= Deadline || _parcels[Slot(First)].Ordinal + LaterArrivals <= _newestArrived);

    /// <summary>What the peer says has arrived. False: it speaks of parcels that were never sent.</summary>
    public bool TryMarkArrived(ulong acknowledged, ulong selective, MonotonicTime now)
    {
        if (acknowledged >= Next) return false;
        ulong last = acknowledged + 64 - (ulong)BitOperations.LeadingZeroCount(selective);
        if (last >= Next) return false;
        for (ulong number = First; number <= acknowledged; number++) MarkArrived(number, now);
        for (; selective != 0; selective &= selective - 1)
        {
            ulong number = acknowledged + 1 + (ulong)BitOperations.TrailingZeroCount(selective);
            if (number >= First) MarkArrived(number, now);
        }

        return true;
    }

    /// <summary>Forgets the oldest, which was acknowledged.</summary>
    public void RemoveFirst() => First++;

    private void MarkArrived(ulong number, MonotonicTime now)
    {
        ref Parcel parcel = ref _parcels[Slot(number)];
        if (parcel.HasArrived) return;
        parcel.HasArrived = true;
        if (parcel.Sendings == 1) _smoothedAnswer += ((now - parcel.SentAt) - _smoothedAnswer) / 8;
        _unarrived--;
        if (parcel.Ordinal > _newestArrived) _newestArrived = parcel.Ordinal;
        if (Limit < MaxUnderWay) Limit++;
    }

    private void MarkSent(ulong number, MonotonicTime now)
    {
        ref Parcel parcel = ref _parcels[Slot(number)];
        (parcel.SentAt, parcel.Ordinal) = (now, ++_sendOrdinal);
        parcel.Sendings++;
    }

    /// <summary>Once for all that was under way.</summary>
    private void Narrow(ulong lost)
    {
        if (lost < _recoverUntil) return;
        Limit = Math.Max(MinUnderWay, Limit * 3 / 4);
        _recoverUntil = Next;
    }

    /// <summary>A peer that is slow to answer, because it has much to do, is not asked twice for that.</summary>
    private MonotonicTime DueAt(in Parcel parcel)
    {
        long patience = Math.Clamp(AnswersOfPatience * _smoothedAnswer, _retransmit, _retransmit << MaxDoublings);
        return parcel.SentAt + (patience << Math.Min(parcel.Sendings - 1, MaxDoublings));
    }

    private static int Slot(ulong number) => (int)(number % Capacity);
}
