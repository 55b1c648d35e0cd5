using System.Runtime.InteropServices;
using Appliance.Engine;
using Appliance.Offload;
using Appliance.Wire.Ethernet;

namespace Appliance.Ports.Linux;

/// <summary>
/// One worker's end of a TAP: a readv(2) or writev(2) a frame, large ones whole. A frame is read into a slot for the largest; a
/// small one is moved to a slot of its size where there is one, a large one stays where it is. Control frames are put aside for their own
/// way.
/// </summary>
internal sealed unsafe class TapQueue : IPortQueue, IDisposable
{
    private const int LongestFrame = FramePool.MaxFrameBytes + (4 * VlanTagView.HeaderLength);
    private const int LongestSmallFrame = 1922;         // bytes: what a small slot holds
    private const int MostControlFrames = 64;           // put aside in one call
    private const int QueueShift = 48;                  // of an ordinal: frames of a queue below, queues above
    private const int PartCapacity = LeavingParts.Ordinary + LeavingParts.Most;

    private readonly FrameBatch _sent = new(256);
    private readonly Descriptor _tap;
    private readonly TapControl _control;
    private readonly ControlTraffic? _traffic;
    private readonly int _descriptor;
    private readonly int _index;
    private readonly ushort _port;
    private Part* _parts = (Part*)NativeMemory.AllocZeroed(PartCapacity, (nuint)sizeof(Part));
    private byte* _head = (byte*)NativeMemory.AllocZeroed(LargeFrame.MaxHeaderBytes);
    private FramePool? _pool;
    private long _ordinal;
    private long _refused;

    /// <summary>Owns the descriptor from now on.</summary>
    public TapQueue(Descriptor tap, int index, TapControl control, TapOptions options)
    {
        _tap = tap;
        _descriptor = tap.Number;
        _control = control;
        _traffic = options.Control;
        _index = index;
        _port = options.Id.Index;
        _ordinal = (long)index << QueueShift;
    }

    public int WakeupDescriptor => _descriptor;

    /// <summary>Frames that the kernel would not take whatever came after.</summary>
    public long Refused => Volatile.Read(ref _refused);

    public void ReceiveInto(FramePool pool) => _pool = pool;

    /// <inheritdoc/>
    public int Receive(FrameBatch into)
    {
        if (_pool is null) return 0;
        int received = 0, aside = 0;
        Frame large = default;
        while (into.Room > 0 && aside < MostControlFrames)
        {
            if (large.IsNull && !_pool.TryRent(LongestFrame, out large)) break;
            int length = Read(large, out VirtioHeader virtio);
            if (length < 0) break;
            bool mayBeControl = _traffic is not null && virtio.Segmentation == VirtioHeader.None;
            TrafficWay way = mayBeControl ? _traffic!.WayOf(large.Bytes) : TrafficWay.Data;
            if (way != TrafficWay.Data)
            {
                _control.PutAside(_index, large.Bytes);
                aside++;
                if (way == TrafficWay.Control) continue;
            }

            Frame frame = large;
            if (length > LongestSmallFrame) large = default;
            else if (!TryMove(large, out frame)) (frame, large) = (large, default);    // there is no other, and it has been read
            Describe(frame, virtio);
            into.TryAdd(frame);
            received++;
        }

        if (!large.IsNull) _pool.Return(large);
        return received;
    }

    /// <inheritdoc/>
    public int Transmit(ReadOnlySpan<Frame> frames)
    {
        int most = Math.Min(frames.Length, _sent.Room), taken = 0;
        for (; taken < most; taken++)
        {
            if (!TryWrite(frames[taken]))
            {
                if (IsForNow(Marshal.GetLastPInvokeError())) break;
                Volatile.Write(ref _refused, _refused + frames[taken].WireFrames);
            }

            _sent.TryAdd(frames[taken]);
        }

        return taken;
    }

    /// <inheritdoc/>
    /// <remarks>The system calls of <see cref="Transmit"/> were it.</remarks>
    public void Kick()
    {
    }

    /// <inheritdoc/>
    public int Reclaim(FrameBatch into) => _sent.MoveTo(into);

    public void Dispose()
    {
        _tap.Dispose();
        NativeMemory.Free(_parts);
        NativeMemory.Free(_head);
        _parts = null;
        _head = null;
    }

    /// <summary>No room at the moment, the host's end is down, or it is gone: all would fare as this one.</summary>
    private static bool IsForNow(int errno) =>
        errno is Errno.Again or Errno.NoBuffers or Errno.Interrupted or Errno.InputOutput or Errno.BadDescriptorState;

    /// <summary>Answers the frame's length; negative: none waits.</summary>
    private int Read(Frame into, out VirtioHeader virtio)
    {
        VirtioHeader header;
        Part* parts = stackalloc Part[2];
        parts[0] = new Part { Bytes = &header, Length = VirtioHeader.SizeBytes };
        parts[1] = new Part { Bytes = into.Pointer, Length = LongestFrame };
        int length = (int)Libc.ReadParts(_descriptor, parts, 2) - VirtioHeader.SizeBytes;
        virtio = header;
        if (length >= 0) into.SetLength(length);
        return length;
    }

    private bool TryMove(Frame from, out Frame to)
    {
        if (!_pool!.TryRent(from.Length, out to)) return false;
        from.Bytes.CopyTo(to.Bytes);
        return true;
    }

    private void Describe(Frame frame, in VirtioHeader virtio)
    {
        ArrivingOffloads.Describe(frame, virtio, inserted: 0);
        frame.Info.IngressPort = _port;
        frame.Info.Ordinal = _ordinal;
        _ordinal += frame.WireFrames;
    }

    private bool TryWrite(Frame frame)
    {
        VirtioHeader virtio;
        int count = LeavingParts.List(frame, &virtio, _head, new Span<Part>(_parts, PartCapacity));
        return count > 0 && Libc.WriteParts(_descriptor, _parts, count) >= 0;
    }
}
