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
    private readonly ApplianceNode _node;

    private WorkerThreads(ApplianceNode node, Func<ISleep?> sleep, ControlBell? control)
    {
        _node = node;
        ImmutableArray<int> processors = ProcessorsFor(node.Workers.Length);
        All =
        [
            .. node.Workers.Select(worker => new WorkerThread(worker, processors[worker.Id % processors.Length], sleep(), control))
        ];
    }

    public ImmutableArray<WorkerThread> All { get; }

    /// <summary>Those that so many workers have: one each, as far as there are enough.</summary>
    public static ImmutableArray<int> ProcessorsFor(int workers) => [.. ProcessorAffinity.Allowed().Take(workers)];

    /// <summary>Threads that never sleep, as where every processor is measured.</summary>
    public static WorkerThreads Start(ApplianceNode node) => Start(node, () => null, control: null);

    /// <param name="node">Whose workers.</param>
    /// <param name="sleep">What each sleeps on when it has nothing to do.</param>
    /// <param name="control">Who wants to know of what they leave for it.</param>
    public static WorkerThreads Start(ApplianceNode node, Func<ISleep?> sleep, ControlBell? control)
    {
        var threads = new WorkerThreads(node, sleep, control);
        foreach (WorkerThread thread in threads.All) thread.Start();
        return threads;
    }

    /// <summary>Now, on the clock that the workers go by.</summary>
    public static MonotonicTime Now => new(Stopwatch.GetElapsedTime(0).Ticks * TimeSpan.NanosecondsPerTick);

    /// <summary>What is done beside the data path, by the caller's thread: see <see cref="ApplianceNode.Tend"/>.</summary>
    public void Tend() => _node.Tend(Now);

    /// <summary>Lets every worker finish its breath. What is held then stays held.</summary>
    public void Dispose()
    {
        foreach (WorkerThread thread in All) thread.BeginStop();
        foreach (WorkerThread thread in All) thread.Join();
    }
}
