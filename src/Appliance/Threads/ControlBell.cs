using Appliance.Engine;

namespace Appliance.Threads;

/// <summary>
/// Tells the control thread, once a breath, that a worker has left it something where it looks: a question, say, whose frames wait.
/// </summary>
/// <param name="bell">The control thread's.</param>
/// <param name="hasNews">Whether anything lies there; from any thread.</param>
internal sealed class ControlBell(Doorbell bell, Func<bool> hasNews)
{
    /// <summary>By the control thread, behind having lain down: whether it may sleep.</summary>
    public bool HasNews => hasNews();

    /// <summary>By a worker, behind a breath.</summary>
    public void RingForNews()
    {
        Interlocked.MemoryBarrier();
        if (bell.IsAsleep && hasNews()) bell.Ring();
    }
}
