using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Offload.Tests.Coalescing;

/// <summary>
/// From the third segment on most are compared at once with what their train waits for: the start of the frame, as far as two vectors
/// reach, and by the rules one by one where headers are longer. Neither may see less than the other.
/// </summary>
public sealed class ForetoldTests : IDisposable
{
    private const int MaxTags = 14;

    private readonly CoalesceRig _rig = new();
    private readonly TestSegment _first = new() { PayloadLength = 200 };

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 12)]
    [InlineData(false, 40)]
    [InlineData(true, 0)]
    [InlineData(true, 12)]
    [InlineData(true, 40)]
    public void Under_any_number_of_tags_segments_join_and_the_last_tag_and_option_part_them(bool v6, int optionBytes)
    {
        TestSegment plain = _first with { Options = Options(optionBytes, 1) };
        if (v6) plain = plain with { Source = "2001:db8::1", Destination = "2001:db8::2" };
        for (int tags = 0; tags <= MaxTags; tags++)
        {
            TestSegment head = plain with { Vlans = new ushort[tags] };
            TestSegment second = head.Next(), third = second.Next(), fourth = third.Next();
            Assert.Equal("0-1-2-3", Left(head, second, third, fourth));
            if (tags > 0)
            {
                byte[][] frames = [head.ToFrame(), second.ToFrame(), Urgent(third), Urgent(fourth)];
                Assert.Equal("0-1 2-3", Text(_rig.Couple(frames)));
            }

            if (optionBytes == 0) continue;
            byte[] others = Options(optionBytes, 2);
            Assert.Equal("0-1 2-3", Left(head, second, third with { Options = others }, fourth with { Options = others }));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_third_of_a_wrong_sum_stays_alone_and_parts_the_train(bool isOdd)
    {
        TestSegment second = _first.Next(), third = second.Next(), fourth = third.Next(), fifth = fourth.Next();
        Arrival[] all = [.. new[] { _first.ToFrame(), second.ToFrame(), third.ToFrame(), fourth.ToBadFrame(), fifth.ToFrame() }
            .Select(frame => new Arrival(frame))];
        List<List<int>> left = _rig.Couple(all, (frame, _) =>
        {
            if (isOdd) MoveByOne(frame);
        });
        Assert.Equal("0-1-2 3 4", Text(left));
        Assert.Equal((4, 1), (_rig.Counters.ChecksumsVerified, _rig.Counters.ChecksumsBad));
    }

    /// <summary>The frame, of priority 1 in its last tag.</summary>
    private static byte[] Urgent(TestSegment segment) => TestFrames.With(segment.ToFrame(), offset: 10 + (4 * segment.Vlans.Length), 0x20);

    /// <summary>An option of that length, and NOP in front of it; unknown kinds are passed on.</summary>
    private static byte[] Options(int bytes, byte last) =>
        bytes == 0 ? [] : [1, 1, 253, (byte)(bytes - 2), .. new byte[bytes - 5], last];

    /// <summary>Puts the frame one byte nearer to its slot's start.</summary>
    private static void MoveByOne(Frame frame)
    {
        int length = frame.Length;
        frame.Prepend(1);
        frame.Bytes[1..].CopyTo(frame.Bytes);
        frame.SetLength(length);
        frame.Info.NetworkOffset--;
        frame.Info.TransportOffset--;
    }

    private static string Text(List<List<int>> chains) => string.Join(' ', chains.Select(chain => string.Join('-', chain)));

    private string Left(params TestSegment[] segments) => Text(_rig.Couple(segments));
}
