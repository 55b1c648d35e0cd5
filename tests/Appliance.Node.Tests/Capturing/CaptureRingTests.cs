using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Capturing;

/// <summary>The ring of captured frames against a queue, and who may touch what in it.</summary>
public sealed class CaptureRingTests
{
    private const int Frames = 16, Bytes = 1000;
    private static readonly MonotonicTime Patient = new(0), Impatient = MonotonicTime.Never;

    [Fact]
    public void What_is_read_is_what_was_written_in_order_and_what_found_no_room_is_counted()
    {
        int seed = TestSize.Seed(7);
        var random = new Random(seed);
        var ring = new CaptureRing(Frames, Bytes);
        var twin = new Queue<byte[]>();
        long lost = 0;
        for (int step = 0; step < TestSize.Of(20_000, 100_000, 2_000_000); step++)
        {
            if (random.Next(2) == 0)
            {
                var frame = new byte[random.Next(300)];
                random.NextBytes(frame);
                if (ring.TryWrite(frame, int.MaxValue, default, CapturePhase.Ended, out _)) twin.Enqueue(frame);
                else lost++;
            }
            else if (ring.TryPeek(Patient, out CaptureNote note, out ReadOnlySpan<byte> read))
            {
                Assert.Equal(twin.Dequeue(), read.ToArray());
                Assert.Equal(read.Length, note.Length);
                ring.RemoveFirst();
            }
            else
            {
                Assert.Empty(twin);
            }

            Assert.InRange(twin.Count, 0, Frames);
        }

        Assert.True(lost > 0, $"seed {seed}: it was never full");
        Assert.Equal(lost, ring.Lost);
    }

    [Fact]
    public void A_frame_without_verdict_is_waited_for_and_then_taken_without()
    {
        var ring = new CaptureRing(Frames, Bytes);
        Assert.True(ring.TryWrite([1, 2, 3], 2, new CaptureNote { SlotId = 5, Time = 10 }, CapturePhase.Open, out long number));
        Assert.False(ring.TryPeek(new MonotonicTime(9), out _, out _));
        Assert.True(ring.TryPeek(new MonotonicTime(10), out CaptureNote note, out ReadOnlySpan<byte> frame));
        Assert.Equal((VerdictKind.None, 3, 2), (note.Verdict, note.Length, frame.Length));
        ring.RemoveFirst();
        Assert.False(ring.TryClaim(number, 5));                         // too late: the place is another's
    }

    [Fact]
    public void A_note_is_its_frames_holders_alone_until_it_ends()
    {
        var ring = new CaptureRing(Frames, Bytes);
        Assert.True(ring.TryWrite([1], 1, new CaptureNote { SlotId = 5 }, CapturePhase.Open, out long number));
        Assert.False(ring.TryClaim(number, 6));
        Assert.True(ring.TryClaim(number, 5));
        Assert.False(ring.TryClaim(number, 5));
        Assert.False(ring.TryPeek(Impatient, out _, out _));            // somebody writes
        ring.NoteAt(number).Verdict = VerdictKind.Pass;
        ring.Release(number, CapturePhase.Ended);
        Assert.True(ring.TryPeek(Patient, out CaptureNote note, out _));
        Assert.Equal(VerdictKind.Pass, note.Verdict);
    }

    [Fact]
    public void A_frame_longer_than_the_ring_is_lost()
    {
        var ring = new CaptureRing(Frames, Bytes);
        Assert.False(ring.TryWrite(new byte[Bytes + 1], int.MaxValue, default, CapturePhase.Ended, out _));
        Assert.True(ring.TryWrite(new byte[Bytes + 1], Bytes, default, CapturePhase.Ended, out _));
        Assert.Equal(1, ring.Lost);
    }
}
