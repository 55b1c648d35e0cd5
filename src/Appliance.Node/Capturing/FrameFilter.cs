namespace Appliance.Node;

/// <summary>
/// Which frames a capture is about. Asked by every worker for every frame of the port: it neither allocates nor keeps anything.
/// </summary>
public abstract class FrameFilter
{
    /// <param name="frame">From its Ethernet header on.</param>
    public abstract bool Matches(ReadOnlySpan<byte> frame);
}
