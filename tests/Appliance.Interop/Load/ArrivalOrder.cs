namespace Appliance.Interop.Load;

/// <summary>Which frames of a run have come, and which of them late.</summary>
internal sealed class ArrivalOrder
{
    private const int MostFlows = 256;

    private readonly uint[] _next = new uint[MostFlows];

    public uint Run { get; private set; }

    /// <summary>Frames of the run.</summary>
    public int Received { get; private set; }

    /// <summary>Those of them that came behind a later one of their flow, or a second time.</summary>
    public int Late { get; private set; }

    /// <summary>From here on frames of this run count, and no others.</summary>
    public void Begin(uint run)
    {
        (Run, Received, Late) = (run, 0, 0);
        Array.Clear(_next);
    }

    public void Note(NumberedFrame frame)
    {
        if (frame.Run != Run) return;
        Received++;
        ref uint next = ref _next[frame.Flow];
        if (frame.Number < next) Late++;
        else next = frame.Number + 1;
    }
}
