namespace Appliance.Engine;

/// <summary>Frames that are to leave by one port: who has looked at each anyway says so, and nobody counts them again.</summary>
/// <param name="Port">Logical. Negative: by several, or nobody knows.</param>
/// <param name="Frames">On the wire.</param>
/// <param name="Bytes">Ethernet bytes of these.</param>
internal readonly record struct LeavingFrames(int Port, long Frames, long Bytes)
{
    private const int NoPort = -1, SeveralPorts = -2;

    /// <summary>Of no frames.</summary>
    public static LeavingFrames None => new(NoPort, 0, 0);

    public static LeavingFrames Unknown => new(SeveralPorts, 0, 0);

    /// <summary>Of these and others.</summary>
    public LeavingFrames With(in LeavingFrames others) =>
        Port == NoPort ? others : Port == others.Port ? new(Port, Frames + others.Frames, Bytes + others.Bytes) : Unknown;
}
