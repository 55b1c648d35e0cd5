using System.Numerics;

namespace Appliance.Engine;

/// <summary>
/// What has arrived in memory for one worker: frames of several ports in one order. Each port's queue takes the run at the front that is
/// its own, so a worker that polls its queues in rounds sees the frames in exactly that order.
/// </summary>
/// <param name="pool">Where its frames come from.</param>
/// <param name="capacity">Frames it holds at least; rounded up to a power of two.</param>
public sealed class MemoryInbox(FramePool pool, int capacity)
{
    private readonly Frame[] _frames = new Frame[BitOperations.RoundUpToPowerOf2((uint)capacity)];
    private int _first;
    private int _count;

    public int Count => _count;

    /// <summary>Takes a blank frame of the worker's pool, to be filled and added.</summary>
    public bool TryRent(int bytes, out Frame frame) => pool.TryRent(bytes, out frame);

    /// <summary>
    /// Adds a frame that arrived at <paramref name="port"/>; false, and the frame stays the caller's, when the inbox is full.
    /// </summary>
    public bool TryAdd(Frame frame, PortId port)
    {
        if (_count == _frames.Length) return false;
        frame.Info.IngressPort = port.Index;
        _frames[(_first + _count++) & (_frames.Length - 1)] = frame;
        return true;
    }

    internal int TakeRun(PortId port, FrameBatch into)
    {
        int taken = 0;
        while (_count > 0 && _frames[_first].Info.IngressPort == port.Index && into.TryAdd(_frames[_first]))
        {
            _first = (_first + 1) & (_frames.Length - 1);
            _count--;
            taken++;
        }

        return taken;
    }
}
