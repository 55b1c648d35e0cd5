using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>Turns captures on and off in all workers, by letters. Used by one thread, the one that tends the node.</summary>
internal sealed class CaptureControl(ImmutableArray<Worker> workers)
{
    /// <summary>Captures at the same time.</summary>
    public const int MostCaptures = 4;

    private ImmutableArray<FrameCapture> _captures = [];
    private TapLetter? _letter;
    private int _posted;

    /// <summary>Whether there are workers that do not know yet.</summary>
    public bool IsBusy => _letter is not null;

    /// <summary>False: there are too many.</summary>
    public bool TryStart(FrameCapture capture)
    {
        if (_captures.Length == MostCaptures) return false;
        Change(_captures.Add(capture));
        return true;
    }

    public void Stop(FrameCapture capture) => Change(_captures.Remove(capture));

    /// <summary>Before workers know other ports.</summary>
    public void Follow(PortTable ports)
    {
        foreach (FrameCapture capture in _captures) capture.Follow(ports);
    }

    /// <summary>A worker whose mail is full gets it the next time.</summary>
    public void Tend()
    {
        if (_letter is null) return;
        while (_posted < workers.Length && workers[_posted].TryPost(_letter)) _posted++;
        if (_posted == workers.Length) _letter = null;
    }

    private void Change(ImmutableArray<FrameCapture> captures)
    {
        _captures = captures;
        (_letter, _posted) = (new TapLetter(captures.IsEmpty ? null : new CaptureTap(captures)), 0);
        Tend();
    }

    private sealed class TapLetter(IFrameTap? tap) : IWorkerMail
    {
        public void Deliver(Worker worker) => worker.Tap = tap;
    }
}
