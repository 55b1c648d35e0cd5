using System.Collections.Immutable;
using System.Diagnostics;
using Appliance.Engine;
using Appliance.Node;
using Appliance.Ports.Linux;

namespace Appliance.Threads;

/// <summary>
/// One thread for each worker of a node, each bound to a processor of its own as far as there are enough, breathing until it is stopped.
/// What a worker throws is a broken invariant: it ends the process, and the peer takes over.
/// </summary>
internal sealed class WorkerThreads : IDisposable
{
    private const int SpinsBeforeYield = 64;                            // breaths without work

    private readonly ApplianceNode _node;
    private readonly ImmutableArray<Thread> _threads;
    private volatile bool _stopping;

    private WorkerThreads(ApplianceNode node)
    {
        _node = node;
        ImmutableArray<int> processors = ProcessorAffinity.Allowed();
        _threads = [.. node.Workers.Select(worker => new Thread(() => Run(worker, processors[worker.Id % processors.Length]))
        {
            Name = $"worker {worker.Id}",
            IsBackground = true,
        })];
    }

    public static WorkerThreads Start(ApplianceNode node)
    {
        var threads = new WorkerThreads(node);
        foreach (Thread thread in threads._threads) thread.Start();
        return threads;
    }

    /// <summary>Now, on the clock that the workers go by.</summary>
    public static MonotonicTime Now => new(Stopwatch.GetElapsedTime(0).Ticks * TimeSpan.NanosecondsPerTick);

    /// <summary>What is done beside the data path, by the caller's thread: see <see cref="ApplianceNode.Tend"/>.</summary>
    public void Tend() => _node.Tend(Now);

    /// <summary>Lets every worker finish its breath. What is held then stays held.</summary>
    public void Dispose()
    {
        _stopping = true;
        foreach (Thread thread in _threads) thread.Join();
    }

    private void Run(Worker worker, int processor)
    {
        ProcessorAffinity.Bind(processor);
        int idle = 0;
        while (!_stopping)
        {
            idle = worker.Step(Now) > 0 ? 0 : idle + 1;
            if (idle > SpinsBeforeYield) Thread.Yield();
            else if (idle > 0) Thread.SpinWait(idle);
        }
    }
}
