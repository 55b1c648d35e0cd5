using System.Collections.Concurrent;
using Appliance.Engine;
using Appliance.Management;

namespace Appliance.Running;

/// <summary>
/// What other threads want done by the control thread, in the order in which they asked. Whoever has put something looks whether it is
/// closed, with a fence before as at a <see cref="Doorbell"/>: of who closes and who asks at the same instant one sees the other.
/// </summary>
/// <param name="bell">The control thread's.</param>
internal sealed class ControlQueue(Doorbell bell)
{
    private readonly ConcurrentQueue<(Action Do, Action? Refuse)> _waiting = [];
    private volatile bool _isClosed;

    public bool IsEmpty => _waiting.IsEmpty;

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

    /// <summary>By the control thread.</summary>
    public void Run()
    {
        while (_waiting.TryDequeue(out (Action Do, Action? Refuse) next)) next.Do();
    }

    /// <summary>When the control thread will not <see cref="Run"/> any more: whoever waits or asks is told so.</summary>
    public void Close()
    {
        _isClosed = true;
        Interlocked.MemoryBarrier();
        RefuseAll();
    }

    private void Put(Action @do, Action? refuse)
    {
        _waiting.Enqueue((@do, refuse));
        bell.Ring();                                                    // with a full fence
        if (_isClosed) RefuseAll();
    }

    private void RefuseAll()
    {
        while (_waiting.TryDequeue(out (Action Do, Action? Refuse) next)) next.Refuse?.Invoke();
    }
}
