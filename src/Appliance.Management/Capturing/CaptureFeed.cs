using System.Threading.Channels;
using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Management;

/// <summary>
/// Carries captured frames from the control thread to whoever writes them out. Bounded; what finds no room is lost and counted, so that a
/// reader who is slow costs frames of the capture and nothing else.
/// </summary>
internal sealed class CaptureFeed(FrameCapture capture)
{
    /// <summary>Frames that may wait to be written.</summary>
    public const int MostWaiting = 8192;

    private readonly Channel<(DateTimeOffset Time, CapturedFrame Frame)> _frames =
        Channel.CreateBounded<(DateTimeOffset, CapturedFrame)>(MostWaiting);

    private long _lostHere;

    public ChannelReader<(DateTimeOffset Time, CapturedFrame Frame)> Frames => _frames.Reader;

    /// <summary>Frames that found no room, in the workers' rings or here.</summary>
    public long Lost => capture.Lost + Volatile.Read(ref _lostHere);

    /// <summary>By the control thread.</summary>
    public void HandOn(ControlDesk desk) => capture.Read(desk.Now, frame => Take(frame, desk));

    /// <summary>Nothing comes any more; by the control thread.</summary>
    public void End(ControlDesk desk)
    {
        desk.Appliance.Node.StopCapture(capture);
        capture.Read(MonotonicTime.Never, frame => Take(frame, desk));
        _frames.Writer.TryComplete();
    }

    private void Take(CapturedFrame frame, ControlDesk desk)
    {
        if (!_frames.Writer.TryWrite((desk.TimeOfNode(frame.Time), frame))) Volatile.Write(ref _lostHere, _lostHere + 1);
    }
}
