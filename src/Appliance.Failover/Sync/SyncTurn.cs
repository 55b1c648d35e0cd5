using Appliance.Engine;
using Appliance.Wire.Sync;

namespace Appliance.Failover;

/// <summary>Where the owner of a stream is in comparing it with the peer's.</summary>
internal sealed class SyncTurn
{
    private int _verdict;

    /// <summary>Of <see cref="SyncStreams.Session"/>; what was begun in another counts no more.</summary>
    public long Session { get; set; }

    public SyncTask Task { get; set; }

    /// <summary>Who tells; another worker begins from the start.</summary>
    public int Teller { get; set; } = -1;

    public ulong Cursor { get; set; }

    /// <summary>The peer is telling all.</summary>
    public bool IsToldWhole { get; set; }

    /// <summary>Of what the peer has told, something is further here: it is to be told in turn.</summary>
    public bool IsNewer { get; set; }

    /// <summary>Records of the peer's that could not be taken since it began to tell.</summary>
    public int Refused { get; set; }

    public int Tries { get; set; }

    public MonotonicTime MendAt { get; set; }

    /// <summary>To be said to the peer; <see cref="SyncVerdict.Open"/>: nothing.</summary>
    public SyncVerdict ToSay { get; set; }

    public SyncVerdict Verdict
    {
        get => (SyncVerdict)Volatile.Read(ref _verdict);
        set => Volatile.Write(ref _verdict, (int)value);
    }

    /// <summary>What the peer has was told once; before that, changes of what is not here yet mean nothing.</summary>
    public bool IsCompared => Verdict != SyncVerdict.Open && !IsToldWhole;

    public bool TellsAll => Task is SyncTask.TellAndOffer or SyncTask.TellAndProve;

    public bool IsBusy => Task != SyncTask.None || ToSay != SyncVerdict.Open;
}
