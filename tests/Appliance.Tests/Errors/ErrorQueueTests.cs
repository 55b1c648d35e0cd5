using System.Collections.Concurrent;
using Appliance.Tests.Live;
using Xunit;

namespace Appliance.Tests.Errors;

public sealed class ErrorQueueTests
{
    private readonly ConcurrentQueue<string> _written = [];

    [Fact]
    public void What_is_said_is_written_in_its_order_before_the_end()
    {
        string[] said = [.. Enumerable.Range(0, ErrorQueue.MostWaiting).Select(i => $"line {i}")];
        using (var lines = new ErrorQueue(_written.Enqueue))
        {
            foreach (string line in said) lines.Add(line);
        }

        Assert.Equal(said, _written);
    }

    [Fact]
    public void What_cannot_be_written_is_counted_and_told_when_it_can_again()
    {
        bool isFull = true;
        int tries = 0;
        using (var lines = new ErrorQueue(line =>
        {
            if (Volatile.Read(ref isFull) && Interlocked.Increment(ref tries) > 0) throw new IOException("No space left on device");
            _written.Enqueue(line);
        }))
        {
            lines.Add("one");
            lines.Add("two");
            LiveRig.Until(() => Volatile.Read(ref tries) == 2, () => "nobody tries to write");
            Volatile.Write(ref isFull, false);
            lines.Add("three");
        }

        Assert.Equal(["log: 2 lines before this could not be written", "three"], _written);
    }

    [Fact]
    public void Nobody_waits_for_a_line_that_is_never_written_and_neither_does_the_end()
    {
        using var reads = new ManualResetEventSlim();
        bool isReading = false;
        var lines = new ErrorQueue(line =>
        {
            Volatile.Write(ref isReading, true);
            reads.Wait();
            _written.Enqueue(line);
        });
        lines.Add("first");
        LiveRig.Until(() => Volatile.Read(ref isReading), () => "nobody writes");
        for (int i = 0; i < ErrorQueue.MostWaiting + 7; i++) lines.Add($"line {i}");
        lines.Dispose();
        lines.Add("behind the end");
        Assert.Empty(_written);
        reads.Set();
        LiveRig.Until(() => _written.Count > ErrorQueue.MostWaiting, () => "what waits is not written");
        Assert.Equal(["first", .. Enumerable.Range(0, ErrorQueue.MostWaiting).Select(i => $"line {i}")], _written);
    }

    [Fact]
    public void What_found_no_room_is_told_where_it_is_missing()
    {
        using var reads = new ManualResetEventSlim();
        bool isReading = false;
        using var lines = new ErrorQueue(line =>
        {
            Volatile.Write(ref isReading, true);
            reads.Wait();
            _written.Enqueue(line);
        });
        lines.Add("first");
        LiveRig.Until(() => Volatile.Read(ref isReading), () => "nobody writes");
        for (int i = 0; i < ErrorQueue.MostWaiting + 7; i++) lines.Add($"line {i}");
        reads.Set();
        LiveRig.Until(() => _written.Count > ErrorQueue.MostWaiting, () => "what waits is not written");
        lines.Add("last");
        LiveRig.Until(() => _written.Contains("last"), () => "the last is not written");
        Assert.Equal(
            [$"line {ErrorQueue.MostWaiting - 1}", "log: 7 lines before this could not be written", "last"], _written.TakeLast(3));
    }
}
