using Xunit;

namespace Appliance.Firewall.Tests.Logging;

public sealed class LogRingTests
{
    [Fact]
    public void Records_come_out_in_order_and_what_finds_no_room_is_counted()
    {
        using var ring = new LogRing();
        long written = 0, read = 0;
        for (int round = 0; round < 5; round++)
        {
            for (int i = 0; i < LogRing.Capacity + 3; i++) Write(ring, ref written);
            while (ring.TryRead(out LogRecord record)) Assert.Equal(read++, record.Ordinal);
            Assert.Equal(written, read);
        }

        Assert.Equal((5 * LogRing.Capacity, 15L), (written, ring.Lost));
        Assert.False(ring.TryRead(out _));
    }

    [Fact]
    public void A_reader_on_another_thread_sees_whole_records_in_order()
    {
        const int Records = 2_000_000;
        using var ring = new LogRing();
        var writer = new Thread(() =>
        {
            for (long written = 0; written < Records;) Write(ring, ref written);
        });
        writer.Start();
        for (long read = 0; read < Records;)
        {
            if (!ring.TryRead(out LogRecord record)) continue;
            Assert.Equal((read, (int)read), (record.Ordinal, record.DatagramLength));
            read++;
        }

        writer.Join();
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        using var ring = new LogRing();
        long written = 0;
        Write(ring, ref written);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20_000; i++) Write(ring, ref written);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Write(LogRing ring, ref long written)
    {
        if (!ring.TryReserve(out int slot)) return;
        ring[slot].Ordinal = written;
        ring[slot].DatagramLength = (int)written;
        ring.Publish();
        written++;
    }
}
