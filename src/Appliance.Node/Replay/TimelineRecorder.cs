using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// Takes a <see cref="ReplayTimeline"/> while a replay runs. The node's counters are read only when an interval ends, which happens a few
/// thousand times at most, whatever the captures' length.
/// </summary>
internal sealed class TimelineRecorder
{
    private const int PerPort = 4;

    // The totals, one behind the other:
    //   drops by reason | frames in, bytes in, frames out, bytes out of each port | frames owned by each worker
    private readonly ApplianceNode _node;
    private readonly int _ports;
    private readonly long[] _totals;
    private readonly IntervalSeries _series;
    private long _start;

    public TimelineRecorder(ApplianceNode node)
    {
        _node = node;
        _ports = node.Models.Ports.Count;
        _totals = new long[FirstWorker + node.Workers.Length];
        _series = new IntervalSeries(_totals.Length);
    }

    private static int FirstPort => DropReasonNames.Count;

    private int FirstWorker => FirstPort + (PerPort * _ports);

    /// <summary>Call before the node is stepped at <paramref name="now"/>. Time counts from the first <paramref name="start"/>.</summary>
    public void Reach(long start, long now)
    {
        if (_series.Count == 0) _start = start;
        ulong offset = (ulong)(now - _start);                           // two times may be further apart than a long says
        if (!_series.IsPast(offset)) return;
        ReadTotals();
        _series.Close(_totals);
        _series.Open(offset);
    }

    /// <summary>Call when the node is at rest for good.</summary>
    public ReplayTimeline Finish()
    {
        ReadTotals();
        _series.Close(_totals);
        return new ReplayTimeline
        {
            StartNanoseconds = _start,
            IntervalNanoseconds = _series.Width,
            Intervals = _series.Count,
            Ports = [.. Enumerable.Range(0, _ports).Select(PortAt)],
            Drops = Drops(),
            Vcpus = [.. Enumerable.Range(0, _node.Workers.Length).Select(worker => _series.Of(FirstWorker + worker))],
        };
    }

    private PortTimeline PortAt(int port)
    {
        int at = FirstPort + (PerPort * port);
        return new PortTimeline(_series.Of(at), _series.Of(at + 1), _series.Of(at + 2), _series.Of(at + 3));
    }

    private ImmutableSortedDictionary<string, ImmutableArray<long>> Drops() => Enumerable.Range(0, DropReasonNames.Count)
        .Where(_series.Grew)
        .ToImmutableSortedDictionary(reason => DropReasonNames.Of((DropReason)reason), _series.Of, StringComparer.Ordinal);

    private void ReadTotals()
    {
        Array.Clear(_totals);
        for (int worker = 0; worker < _node.Workers.Length; worker++)
            Add(worker, _node.Workers[worker].Counters);
    }

    private void Add(int worker, WorkerCounters counters)
    {
        for (int reason = 0; reason < DropReasonNames.Count; reason++)
            _totals[reason] += counters.Drops[reason];
        for (int port = 0; port < _ports; port++)
        {
            ref readonly PortCounters moved = ref counters.Ports[port];
            Span<long> totals = _totals.AsSpan(FirstPort + (PerPort * port), PerPort);
            totals[0] += moved.FramesIn;
            totals[1] += moved.BytesIn;
            totals[2] += moved.FramesOut;
            totals[3] += moved.BytesOut;
        }

        _totals[FirstWorker + worker] = counters.OwnedFrames;
    }
}
