using Appliance.Engine;
using Appliance.Offload;

namespace Appliance.Node;

/// <summary>Parses bytes as the path would, beside the path: nothing of it is counted, and the frame is gone with the next one.</summary>
internal sealed class ScratchFrame(PortTable ports) : IDisposable
{
    private static readonly FramePoolSize Size = new(1, 1, 1);

    private readonly FramePool _pool = new(0, Size);
    private readonly ParseStage _parse = new(ports);
    private readonly FrameBatch _batch = new(1);
    private readonly WorkerCounters _counters = new(ports.Count);
    private Frame _frame;

    /// <summary>False: the path would drop it where it parses.</summary>
    /// <param name="port">Where the bytes arrive.</param>
    public bool TryParse(ReadOnlySpan<byte> bytes, int port, out Frame frame)
    {
        if (!_frame.IsNull) _pool.Return(_frame);
        if (!_pool.TryRent(bytes.Length, out frame)) throw new InvalidOperationException("An empty pool has room for one frame.");
        _frame = frame;
        bytes.CopyTo(frame.Bytes);
        frame.Info.IngressPort = (ushort)port;
        _batch.Clear();
        _batch.TryAdd(frame);
        _parse.Process(_batch, new StageContext(default, 0, _counters, _pool, null!, null));
        return frame.Info.Disposition == Disposition.Continue;
    }

    public void Dispose() => _pool.Dispose();
}
