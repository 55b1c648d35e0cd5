using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Appliance.Engine;

/// <summary>
/// A handle to one slot of a <see cref="FramePool"/>: one pointer, unmanaged, so that queues of frames cost no write barrier. Whoever
/// holds it owns the slot and passes it on exactly once, in the end back to its pool; a copy of the handle kept after that is a bug.
/// </summary>
public readonly unsafe struct Frame : IEquatable<Frame>
{
    private readonly FrameInfo* _info;

    internal Frame(FrameInfo* info) => _info = info;

    public bool IsNull => _info == null;

    public ref FrameInfo Info => ref *_info;

    /// <summary>The slot's, whatever frame is in it: of no other slot of any pool.</summary>
    public nint SlotId => (nint)_info;

    /// <summary>The frame from its Ethernet header on, without frame check sequence.</summary>
    public Span<byte> Bytes => new(Pointer, _info->Length);

    public int Length => _info->Length;

    /// <summary>Frames on the wire that this one stands for: those of a train or the segments of a large frame, else 1.</summary>
    public int WireFrames => Math.Max(1, _info->TrainFrames);

    /// <summary>Ethernet bytes of <see cref="WireFrames"/>.</summary>
    public int WireBytes => _info->TrainFrames > 1 ? _info->TrainBytes : _info->Length;

    /// <summary>Bytes of the longest datagram among them: what a limit on size is about.</summary>
    public int LongestDatagram => _info->TrainFrames > 1 ? _info->TrainLargest : _info->DatagramLength;

    /// <summary>
    /// Bytes of the datagram of segment <paramref name="index"/>, from 0, of a contiguous large frame: the last has what the others leave.
    /// </summary>
    public int DatagramOfSegment(int index)
    {
        int last = _info->TrainFrames - 1;
        return index < last ? _info->TrainLargest : _info->DatagramLength - (last * _info->SegmentSize);
    }

    /// <summary>Whether frames are chained behind this one that take their way with it, each in its own slot.</summary>
    public bool IsTrain => _info->TrainFrames > 1 && !_info->Next.IsNull;

    /// <summary>Whether several segments stand in this slot behind one set of headers.</summary>
    public bool IsContiguousLarge => _info->SegmentSize != 0 && _info->Next.IsNull;

    /// <summary>The IP datagram, without the padding behind it.</summary>
    public Span<byte> Datagram => new(Pointer + _info->NetworkOffset, _info->DatagramLength);

    /// <summary>The datagram from its transport header on; empty where there is none.</summary>
    public Span<byte> Transport => Datagram[Math.Min(_info->TransportOffset - _info->NetworkOffset, _info->DatagramLength)..];

    /// <summary>Bytes free in front of the frame.</summary>
    public int Headroom => _info->Start;

    /// <summary>For kernels: the frame's first byte.</summary>
    public byte* Pointer => (byte*)_info->First;

    /// <summary>Asks the cache for what is known of the frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchInfo()
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch0(_info);
        Sse.Prefetch0((byte*)_info + (FrameInfo.SizeBytes / 2));
    }

    /// <summary>And for its first bytes; better not right behind that, for it has to be known where they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchHeader()
    {
        if (Sse.IsSupported) Sse.Prefetch0(Pointer);
    }

    /// <summary>Everything from the frame's start to the slot's end: what a port may fill before <see cref="SetLength"/>.</summary>
    public Span<byte> Room => new(Pointer, FramePool.SlotBytes(_info->SlotClass) - _info->Start);

    /// <summary>Says how many bytes of <see cref="Room"/> are the frame.</summary>
    public void SetLength(int length)
    {
        Debug.Assert((uint)length <= (uint)(FramePool.SlotBytes(_info->SlotClass) - _info->Start));
        _info->Length = length;
    }

    /// <summary>Grows the frame at its front, within <see cref="Headroom"/>; answers the new bytes. Offsets stay true.</summary>
    public Span<byte> Prepend(int bytes)
    {
        Debug.Assert((uint)bytes <= (uint)_info->Start);
        MoveStart(-bytes);
        return new Span<byte>(Pointer, bytes);
    }

    /// <summary>Takes bytes off the front. Offsets stay true.</summary>
    public void TrimStart(int bytes)
    {
        Debug.Assert((uint)bytes <= (uint)_info->Length);
        MoveStart(bytes);
    }

    /// <summary>Takes bytes off the front, or grows it when negative, and says how long the frame is then. Offsets stay true.</summary>
    public void Reframe(int trimStart, int length)
    {
        Debug.Assert(trimStart >= -_info->Start);
        MoveStart(trimStart);
        SetLength(length);
    }

    private void MoveStart(int by)
    {
        _info->First += by;
        _info->Start += by;
        _info->Length -= by;
        _info->NetworkOffset -= by;
        _info->TransportOffset -= by;
    }

    public void Drop(DropReason reason)
    {
        _info->Disposition = Disposition.Drop;
        _info->DropReason = reason;
    }

    public bool Equals(Frame other) => _info == other._info;
    public override bool Equals(object? obj) => obj is Frame other && Equals(other);
    public override int GetHashCode() => ((nint)_info).GetHashCode();
    public static bool operator ==(Frame left, Frame right) => left.Equals(right);
    public static bool operator !=(Frame left, Frame right) => !left.Equals(right);
}
