using System.Threading.Channels;
using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Management;

/// <summary>
/// Carries captured frames from the control thread to whoever writes them out. Bounded; what finds no room is lost and counted, so that a
/// reader who is slow costs frames of the capture and nothing else.
/// </summary>
/// <param name="wake">Has the control thread look soon.</param>
internal sealed class CaptureFeed(Action wake)
{
    /// <summary>Frames that may wait to be written.</summary>
    public const int MostWaiting = 8192;

    private readonly Channel<(DateTimeOffset Time, CapturedFrame Frame)> _frames =
        Channel.CreateBounded<(DateTimeOffset, CapturedFrame)>(MostWaiting);

    private volatile FrameCapture? _capture;
    private volatile bool _isWanted = true;
    private long _lostHere;
    private MonotonicTime _overAt = MonotonicTime.Never;                // when what came before its end has its verdict

    public ChannelReader<(DateTimeOffset Time, CapturedFrame Frame)> Frames => _frames.Reader;

    /// <summary>Frames that found no room, in the workers' rings or here.</summary>
    public long Lost => (_capture?.Lost ?? 0) + Volatile.Read(ref _lostHere);

    /// <summary>Why nothing comes any more, where <see cref="Frames"/> have ended; empty: nobody wanted more.</summary>
    public string Ending => _capture?.Ending ?? "";

    /// <summary>From any thread: nobody reads any more. The capture is off soon, whenever it began.</summary>
    public void GiveUp()
    {
        _isWanted = false;
        wake();
    }

    /// <summary>By the control thread, once: what it carries.</summary>
    public void Begin(FrameCapture capture) => _capture = capture;

    /// <summary>By the control thread. False: nobody wants it any more, or nothing comes any more, and the capture is off.</summary>
    public bool HandOn(ControlDesk desk)
    {
        if (_isWanted) _capture!.Read(desk.Now, frame => Take(frame, desk));
        if (_capture!.Ending.Length > 0 && _overAt == MonotonicTime.Never) _overAt = desk.Now + FrameCapture.Patience;
        if (_isWanted && desk.Now < _overAt) return true;
        desk.Appliance.Node.StopCapture(_capture);
        _frames.Writer.TryComplete();
        return false;
    }

    private void Take(CapturedFrame frame, ControlDesk desk)
    {
        if (!_frames.Writer.TryWrite((desk.TimeOfNode(frame.Time), frame))) Volatile.Write(ref _lostHere, _lostHere + 1);
    }
}
