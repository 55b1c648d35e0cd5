using System.Collections.Concurrent;
using Appliance.Engine;

namespace Appliance.Running;

/// <summary>What other threads want done by the control thread, in the order in which they asked.</summary>
/// <param name="bell">The control thread's.</param>
internal sealed class ControlQueue(Doorbell bell)
{
    private readonly ConcurrentQueue<Action> _waiting = [];

    public bool IsEmpty => _waiting.IsEmpty;

    /// <summary>By any thread. It is done when the task is; what it throws is the task's.</summary>
    public Task<T> Ask<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                answer.SetResult(question());
            }
            catch (Exception failure)
            {
                answer.SetException(failure);
            }
        });
        return answer.Task;
    }

    /// <summary>By any thread. It must not throw.</summary>
    public void Post(Action action)
    {
        _waiting.Enqueue(action);
        bell.Ring();
    }

    /// <summary>By the control thread.</summary>
    public void Run()
    {
        while (_waiting.TryDequeue(out Action? action)) action();
    }
}
