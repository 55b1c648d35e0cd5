using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Checksums;

namespace Appliance.Offload;

/// <summary>
/// Cuts contiguous large frames (TSO, USO). The large frame's slot becomes the first segment's, so that its payload is not moved; the
/// payload of the others is copied and summed in one pass, to where its stores do not lie across cache lines.
/// </summary>
public static unsafe class Segmenter
{
    /// <summary>
    /// Makes the frame its first segment and chains the others behind it. Each knows what the large frame knew, and its checksum is
    /// <see cref="ChecksumState.Good"/> unless the large one's was not. Answers how many there are, or 0 with everything unchanged when the
    /// pool has not enough for all.
    /// </summary>
    /// <param name="large">A contiguous large frame that has been parsed.</param>
    /// <param name="pool">The worker's.</param>
    /// <param name="computed">Transport checksums computed.</param>
    public static int Cut(Frame large, FramePool pool, out int computed)
    {
        computed = 0;
        var template = new SegmentTemplate(large);
        int segments = template.Segments, header = template.HeaderBytes, size = template.SegmentSize;
        FrameInfo whole = large.Info;
        MakeSegment(large, header + size);
        if (!pool.TryRentChain(large, segments - 1, header, header + size, out Frame segment))
        {
            large.Info = whole;
            return 0;
        }

        byte* payload = large.Pointer + header;
        template.Fill(large.Pointer, 0, size, ChecksumKernel.Sum(payload, size));
        large.Info.Next = segment;
        for (int i = 1; i < segments; i++, segment = segment.Info.Next)
            Write(template, segment, payload + ((nint)i * size), i, template.LengthOf(i));
        computed = template.HasChecksum ? segments : 0;
        return segments;
    }

    /// <summary>Makes one segment in a frame of its own; false when the pool is empty.</summary>
    public static bool TryCopy(Frame large, int index, FramePool pool, out Frame segment)
    {
        var template = new SegmentTemplate(large);
        int header = template.HeaderBytes, length = template.LengthOf(index);
        if (!pool.TryRentChain(large, 1, header, header + length, out segment)) return false;
        MakeSegment(segment, header + length);
        Write(template, segment, large.Pointer + header + ((nint)index * template.SegmentSize), index, length);
        return true;
    }

    /// <summary>Turns the frame into its last segment. Answers how many transport checksums were computed for that.</summary>
    public static int KeepLast(Frame large)
    {
        var template = new SegmentTemplate(large);
        int header = template.HeaderBytes, index = template.Segments - 1, length = template.LengthOf(index);
        Span<byte> payload = large.Bytes.Slice(header + (index * template.SegmentSize), length);
        payload.CopyTo(large.Bytes[header..]);
        large.Info.Ordinal += index;
        MakeSegment(large, header + length);
        template.Fill(large.Pointer, index, length, ChecksumKernel.Sum(large.Pointer + header, length));
        return template.HasChecksum ? 1 : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(in SegmentTemplate template, Frame segment, byte* payload, int index, int length)
    {
        byte* to = segment.Pointer;
        template.CopyHeaders(to);
        template.Fill(to, index, length, ChecksumKernel.CopyAndSum(to + template.HeaderBytes, payload, length));
        segment.Info.Ordinal += index;
        if (length == template.SegmentSize) return;
        segment.SetLength(template.HeaderBytes + length);
        segment.Info.DatagramLength = segment.Length - segment.Info.NetworkOffset;
    }

    private static void MakeSegment(Frame frame, int bytes)
    {
        frame.SetLength(bytes);
        ref FrameInfo info = ref frame.Info;
        info.DatagramLength = bytes - info.NetworkOffset;
        info.SegmentSize = 0;
        info.TrainFrames = info.TrainBytes = info.TrainLargest = 0;
        info.Traits &= ~FrameTraits.FixedIdentification;
        info.Checksum = info.Checksum is ChecksumState.Good or ChecksumState.Partial ? ChecksumState.Good : ChecksumState.Unknown;
    }
}
