using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Xunit;

namespace Appliance.Engine.Tests.Frames;

/// <summary>The layout that the whole data path counts on: two cache lines, and what every stage reads in the first.</summary>
public sealed class FrameInfoTests
{
    private const int CacheLineBytes = 64;

    [Fact]
    public void It_is_exactly_two_cache_lines() => Assert.Equal(2 * CacheLineBytes, Unsafe.SizeOf<FrameInfo>());

    [Fact]
    public void Its_fields_fill_the_two_lines_without_one_lying_across_the_border()
    {
        string[] first = [.. FieldsBetween(0, CacheLineBytes)], second = [.. FieldsBetween(CacheLineBytes, 2 * CacheLineBytes)];
        Assert.Equal(
            [
                "First", "Start", "Length", "NetworkOffset", "TransportOffset", "DatagramLength", "Traits", "EtherType", "Network",
                "Protocol", "SourcePort", "DestinationPort", "Hash", "Bucket", "IngressPort", "EgressPort", "Disposition", "DropReason",
                "Checksum", "SlotClass", "Pool", "Position",
            ],
            first);
        Assert.Equal(
            [
                "Next", "Last", "TrainFrames", "TrainBytes", "TrainLargest", "SegmentSize", "Worker", "SequenceOffset",
                "AcknowledgmentOffset", "Tag", "Way", "Flow", "NextHop", "Ordinal",
            ],
            second);
    }

    [Fact]
    public void The_second_line_begins_with_the_chain_and_ends_with_the_ordinal()
    {
        FrameInfo info = default;
        nint next = Unsafe.ByteOffset(ref Unsafe.As<FrameInfo, byte>(ref info), ref Unsafe.As<Frame, byte>(ref info.Next));
        nint last = Unsafe.ByteOffset(ref Unsafe.As<FrameInfo, byte>(ref info), ref Unsafe.As<long, byte>(ref info.Ordinal));
        Assert.Equal(CacheLineBytes, next);
        Assert.Equal((2 * CacheLineBytes) - sizeof(long), last);
    }

    [Fact]
    public void A_frame_is_one_pointer_and_no_reference()
    {
        Assert.Equal(nint.Size, Unsafe.SizeOf<Frame>());
        Assert.False(RuntimeHelpers.IsReferenceOrContainsReferences<Frame>());
        Assert.False(RuntimeHelpers.IsReferenceOrContainsReferences<FrameInfo>());
    }

    private static IEnumerable<string> FieldsBetween(int start, int end) =>
        from field in typeof(FrameInfo).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        let offset = (int)Marshal.OffsetOf<FrameInfo>(field.Name)
        where offset >= start && offset < end
        orderby offset
        select field.Name;
}
