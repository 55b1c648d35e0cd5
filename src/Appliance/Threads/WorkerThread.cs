using Appliance.Engine;
using Appliance.Ports.Linux;

namespace Appliance.Threads;

/// <summary>
/// The thread of one worker: breathes without a pause while there is work, goes on for a moment when there is none, for the next frame of a
/// conversation is often near, and then sleeps until a port has something, somebody rings, or a deadline comes.
/// </summary>
/// <param name="worker">Whose breaths it takes.</param>
/// <param name="processor">That it is bound to.</param>
/// <param name="sleep">What it sleeps on, its own from here on; null: it never sleeps.</param>
/// <param name="control">Who is told when a breath has left something for it; null: nobody waits for such.</param>
internal sealed class WorkerThread(Worker worker, int processor, ISleep? sleep, ControlBell? control)
{
    /// <summary>Nanoseconds without work before it sleeps: about what a sleep and its end cost.</summary>
    public const long Patience = 20_000;

    private const int SpinsBeforeYield = 64;                            // breaths without work

    private long _breaths;
    private long _busy;                                                 // nanoseconds
    private long _wakeAt;                                               // nanoseconds, while it sleeps
    private Thread? _thread;
    private volatile bool _stopping;

    public Worker Worker => worker;

    /// <summary>Grows as long as the worker is alive and awake; for any thread.</summary>
    public long Breaths => Volatile.Read(ref _breaths);

    /// <summary>Nanoseconds in which it had work; for any thread.</summary>
    public long Busy => Volatile.Read(ref _busy);

    /// <summary>Whether it sleeps with good reason: nobody has rung, and its time has not come.</summary>
    public bool IsResting(MonotonicTime now) => worker.Doorbell.IsAsleep && now < new MonotonicTime(Volatile.Read(ref _wakeAt));

    public void Start()
    {
        if (sleep is not null) worker.Doorbell.Connect(sleep);
        _thread = new Thread(Run) { Name = $"worker {worker.Id}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Lets the worker finish its breath, and wakes it for that. What is held then stays held.</summary>
    public void BeginStop()
    {
        _stopping = true;
        worker.Doorbell.Ring();
    }

    /// <summary>Behind <see cref="BeginStop"/>: when this returns the worker has no thread any more.</summary>
    public void Join()
    {
        _thread?.Join();
        sleep?.Dispose();
    }

    private void Run()
    {
        ProcessorAffinity.Bind(processor);
        MonotonicTime now = WorkerThreads.Now, lastWork = now;
        for (int idle = 0; !_stopping;)
        {
            MonotonicTime begin = now;
            now = WorkerThreads.Now;
            if (lastWork == begin) Volatile.Write(ref _busy, _busy + (now - begin));        // the breath before had work
            Volatile.Write(ref _breaths, _breaths + 1);
            if (worker.Step(now) > 0)
            {
                (idle, lastWork) = (0, now);
                control?.RingForNews();
                continue;
            }

            idle++;
            if (sleep is not null && worker.MayRest && now - lastWork > Patience)
            {
                idle = 0;
                if (TrySleep(sleep, now)) continue;
                lastWork = now;
                control?.RingForNews();
            }
            else if (idle > SpinsBeforeYield)
            {
                Thread.Yield();
            }
            else
            {
                Thread.SpinWait(idle);
            }
        }
    }

    /// <summary>
    /// The last look for work, behind having said that it sleeps (<see cref="Doorbell"/>), is a whole breath: whatever anyone can have put
    /// anywhere is found by it. False: it found something.
    /// </summary>
    private bool TrySleep(ISleep on, MonotonicTime now)
    {
        Volatile.Write(ref _wakeAt, long.MinValue);                     // it does not rest before it sleeps
        worker.Doorbell.LieDown();
        bool isIdle = worker.Step(now) == 0 && worker.MayRest && !_stopping;
        if (isIdle)
        {
            MonotonicTime deadline = worker.NextDeadline;
            Volatile.Write(ref _wakeAt, deadline.Nanoseconds);
            on.Wait(worker.WakeupDescriptors, deadline == MonotonicTime.Never ? long.MaxValue : deadline - WorkerThreads.Now);
        }

        worker.Doorbell.GetUp();
        return isIdle;
    }
}
