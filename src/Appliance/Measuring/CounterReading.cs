using Appliance.Engine;
using Appliance.Threads;

namespace Appliance.Measuring;

/// <summary>One worker's counters as they stand between two of its breaths, so that they fit together.</summary>
internal sealed class CounterReading : IWorkerMail
{
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CounterReading()
    {
    }

    public MonotonicTime Time { get; private set; }

    public long Received { get; private set; }

    public long Transmitted { get; private set; }

    public long Dropped { get; private set; }

    public long HandedOff { get; private set; }

    public long BytesOut { get; private set; }

    /// <summary>Asks all workers at once, and waits until each has answered.</summary>
    public static CounterReading[] TakeAll(IReadOnlyList<Worker> workers)
    {
        CounterReading[] readings = [.. workers.Select(_ => new CounterReading())];
        for (int i = 0; i < workers.Count; i++)
        {
            if (!workers[i].TryPost(readings[i])) throw new InvalidOperationException($"Worker {i} reads no mail.");
        }

        Task.WaitAll([.. readings.Select(reading => reading._taken.Task)]);
        return readings;
    }

    public void Deliver(Worker worker)
    {
        WorkerCounters counters = worker.Counters;
        Time = WorkerThreads.Now;
        (Received, Transmitted, Dropped, HandedOff) = (counters.Received, counters.Transmitted, counters.Dropped, counters.HandedOff);
        foreach (PortCounters port in counters.Ports) BytesOut += port.BytesOut;
        _taken.SetResult();
    }
}
