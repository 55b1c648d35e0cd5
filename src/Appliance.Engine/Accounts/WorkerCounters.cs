using System.Runtime.CompilerServices;

namespace Appliance.Engine;

/// <summary>
/// The accounts of one worker: written by it alone, read by anyone (a torn sum across fields is possible while it runs, a torn value is
/// not).
/// At rest, over all workers: <c>Received + Generated = Transmitted + Dropped + Consumed</c>, in frames on the wire.
/// </summary>
public sealed class WorkerCounters(int ports)
{
    private readonly long[] _drops = new long[DropReasonNames.Count];
    private PortCounters[] _ports = new PortCounters[ports];
    private readonly long[] _buckets = new long[IndirectionTable.MaxBuckets];

    public long Received { get; set; }          // frames that ports gave this worker, before any hand-off
    public long Transmitted { get; set; }
    public long Consumed { get; set; }          // ended at a function of the appliance
    public long Generated { get; set; }         // made here: replies, errors, all fragments of a datagram but one

    public long OwnedFrames { get; set; }       // frames this worker judged: its own and those handed to it
    public long OwnedBytes { get; set; }
    public long Batches { get; set; }
    public long HandedOff { get; set; }         // frames that another worker's queue took

    public long ChecksumsVerified { get; set; } // transport checksums, bad ones included
    public long ChecksumsBad { get; set; }
    public long ChecksumsComputed { get; set; } // in full, not by difference

    public long LroSegments { get; set; }       // frames in trains of two or more, heads included
    public long LroSuperframes { get; set; }    // such trains
    public long TsoSuperframes { get; set; }    // large frames and trains cut here
    public long TsoSegments { get; set; }       // what they became

    public long StatesCreated { get; set; }     // of the firewall; one in and one out for a connection
    public long StatesEnded { get; set; }       // for whatever reason

    public long Express { get; set; }           // frames of established flows that took the short way

    public ReadOnlySpan<long> Drops => _drops;

    public ReadOnlySpan<PortCounters> Ports => _ports;

    /// <summary>Frames judged, by steering bucket.</summary>
    public ReadOnlySpan<long> Buckets => _buckets;

    public long Dropped
    {
        get
        {
            long sum = 0;
            foreach (long count in _drops)
                sum += count;
            return sum;
        }
    }

    public ref PortCounters Port(int index) => ref _ports[index];

    /// <summary>By the worker, between breaths. Whoever reads meanwhile reads the counters before.</summary>
    internal void Grow(int ports)
    {
        if (ports <= _ports.Length) return;
        var grown = new PortCounters[ports];
        _ports.CopyTo(grown, 0);
        Volatile.Write(ref _ports, grown);
    }

    /// <summary>The same, to be counted up: once for each frame, by the worker that its bucket belongs to.</summary>
    public Span<long> OwnedByBucket => _buckets;

    /// <summary>Counts frames that another worker has steered. Not inlined: the loop needs the registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void CountBuckets(ReadOnlySpan<Frame> frames)
    {
        long[] buckets = _buckets;
        foreach (Frame frame in frames)
            buckets[frame.Info.Bucket & (IndirectionTable.MaxBuckets - 1)]++;
    }

    public void Drop(DropReason reason, int frames) => _drops[(int)reason] += frames;

    /// <summary>
    /// Counts frames that end while the frame that stood for them goes on as one of the others; at the sub-port they came in by, and again
    /// at every port that fed it.
    /// </summary>
    public void DropSome(DropReason reason, int frames, int ingressPort, PortTable ports)
    {
        Drop(reason, frames);
        for (int port = ingressPort; port != PortFacts.NoParent; port = ports[port].Parent)
            _ports[port].FramesDropped += frames;
    }
}
