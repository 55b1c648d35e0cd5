using Xunit;

namespace Appliance.Engine.Tests;

public sealed class RecordRingTests
{
    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue - 4000)]
    public void Records_come_out_as_they_went_in_and_in_their_order(uint position)
    {
        var ring = new RecordRing(4096, position);
        var random = new Random(5);
        Queue<(RecordNote Note, byte[] Record)> inside = [];
        int lost = 0;
        for (ulong i = 0; i < 20_000; i++)
        {
            byte[] record = new byte[random.Next(513)];
            random.NextBytes(record);
            var note = new RecordNote((ushort)random.Next(65_536), (byte)random.Next(256), i, random.NextInt64());
            if (ring.TryPut(note, record)) inside.Enqueue((note, record));
            else lost++;
            if (i % 7 == 0) MustBeAhead(ring, inside);
            for (int taken = random.Next(3); taken > 0 && inside.Count > 0; taken--) Take(ring, inside.Dequeue());
        }

        Assert.InRange(lost, 1, 15_000);
        while (inside.TryDequeue(out (RecordNote Note, byte[] Record) first)) Take(ring, first);
        Assert.False(ring.TryPeek(out _, out _));
        Assert.True(ring.IsEmpty);
    }

    /// <summary>All that is inside is seen, in its order, and stays.</summary>
    private static void MustBeAhead(RecordRing ring, IReadOnlyCollection<(RecordNote Note, byte[] Record)> inside)
    {
        uint place = ring.FirstPlace;
        foreach ((RecordNote note, byte[] record) in inside)
        {
            Assert.True(ring.TryLookAhead(ref place, out RecordNote seen, out ReadOnlySpan<byte> bytes));
            Assert.Equal(note, seen);
            Assert.Equal(record, bytes.ToArray());
        }

        Assert.False(ring.TryLookAhead(ref place, out _, out _));
    }

    [Fact]
    public void A_full_ring_refuses_and_takes_again_when_there_is_room()
    {
        var ring = new RecordRing(4096);
        int put = 0;
        while (ring.TryPut(new RecordNote(1, 2, (ulong)put, 0), new byte[100])) put++;
        Assert.Equal(4096 / 128, put);                                // 24 and 100, rounded up to eights
        Assert.Equal(4096, ring.UsedBytes);
        Assert.True(ring.TryPeek(out RecordNote first, out _));
        Assert.Equal(0ul, first.Sequence);
        ring.RemoveFirst();
        Assert.True(ring.TryPut(new RecordNote(1, 2, 99, 0), new byte[104]));
        Assert.False(ring.TryPut(new RecordNote(1, 2, 100, 0), []));
    }

    [Fact]
    public void A_record_longer_than_a_quarter_is_refused()
    {
        var ring = new RecordRing(4096);
        Assert.True(ring.TryPut(default, new byte[ring.MaxRecordLength]));
        Assert.False(ring.TryPut(default, new byte[ring.MaxRecordLength + 1]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2048)]
    [InlineData(5000)]
    public void Other_capacities_than_powers_of_two_from_4096_on_are_an_error(int capacity) =>
        Assert.Throws<ArgumentException>(() => new RecordRing(capacity));

    [Fact]
    public void Neither_side_allocates()
    {
        var ring = new RecordRing(1 << 16);
        byte[] record = new byte[150];
        Turn(ring, record);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++) Turn(ring, record);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Turn(RecordRing ring, byte[] record)
    {
        ring.TryPut(new RecordNote(1, 1, 1, 1), record);
        ring.TryPeek(out _, out _);
        ring.RemoveFirst();
    }

    private static void Take(RecordRing ring, (RecordNote Note, byte[] Record) expected)
    {
        Assert.True(ring.TryPeek(out RecordNote note, out ReadOnlySpan<byte> record));
        Assert.Equal(expected.Note, note);
        Assert.True(record.SequenceEqual(expected.Record));
        ring.RemoveFirst();
    }
}
