using Appliance.Engine;
using Appliance.Management;

namespace Appliance.Running;

/// <summary>
/// What other threads want done by one, in the order in which they asked. Whoever has put something looks whether it is closed, with a
/// fence before as at a <see cref="Doorbell"/>: of who closes and who asks at the same instant one sees the other.
/// </summary>
/// <remarks>
/// Who takes waits for nobody, however far somebody is with asking. A <c>ConcurrentQueue</c> has its reader yield until one that has begun
/// to write is done: failover's thread, which is above all others, would keep the writer from its processor, until the kernel lets others
/// have a turn after 0.95 s (sched_rt_runtime_us).
/// </remarks>
/// <param name="bell">Of the one that does it.</param>
internal sealed class ControlQueue(Doorbell bell)
{
    private Wish? _last;                                                // and those before it behind it
    private volatile bool _isClosed;

    private sealed class Wish(Action @do, Action? refuse)
    {
        public Action Do => @do;

        public Action? Refuse => refuse;

        /// <summary>While it waits the one before, and the one behind it when it is taken.</summary>
        public Wish? Next { get; set; }
    }

    public bool IsEmpty => Volatile.Read(ref _last) is null;

    /// <summary>
    /// By any thread. It is done when the task is; what it throws is the task's, and so is a <see cref="ControlEndedException"/> where
    /// nobody answers any more.
    /// </summary>
    public Task<T> Ask<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Put(
            () =>
            {
                try
                {
                    answer.SetResult(question());
                }
                catch (Exception failure)
                {
                    answer.SetException(failure);
                }
            },
            () => answer.SetException(new ControlEndedException()));
        return answer.Task;
    }

    /// <summary>By any thread. It must not throw; behind the end it is not done.</summary>
    public void Post(Action action) => Put(action, refuse: null);

    /// <summary>By the one that does it, until nothing waits.</summary>
    public void Run()
    {
        while (TakeAll() is { } first)
        {
            for (Wish? next = first; next is not null; next = next.Next) next.Do();
        }
    }

    /// <summary>When nobody will <see cref="Run"/> it any more: whoever waits or asks is told so.</summary>
    public void Close()
    {
        _isClosed = true;
        Interlocked.MemoryBarrier();
        RefuseAll();
    }

    private void Put(Action @do, Action? refuse)
    {
        var wish = new Wish(@do, refuse);
        Wish? before;
        do wish.Next = before = Volatile.Read(ref _last);
        while (Interlocked.CompareExchange(ref _last, wish, before) != before);         // from here on whoever takes it may change it
        bell.Ring();                                                    // with a full fence
        if (_isClosed) RefuseAll();
    }

    private void RefuseAll()
    {
        for (Wish? next = TakeAll(); next is not null; next = next.Next) next.Refuse?.Invoke();
    }

    /// <summary>The first that asked, with the others behind it; null: nobody has.</summary>
    private Wish? TakeAll()
    {
        Wish? first = null;
        for (Wish? wish = Interlocked.Exchange(ref _last, null); wish is not null;)
        {
            Wish? before = wish.Next;
            wish.Next = first;
            (first, wish) = (wish, before);
        }

        return first;
    }
}
