using System.Collections.Immutable;

namespace Appliance.Engine;

/// <summary>When a worker may sleep, what wakes it, and whom it wakes.</summary>
public sealed partial class Worker
{
    private ImmutableArray<int> _wakeupDescriptors = [];                // default: ports have come or gone since

    /// <summary>Who gives this worker anything to do rings here; who posts or hands over has done so.</summary>
    public Doorbell Doorbell { get; } = new();

    /// <summary>
    /// Whether it may sleep until <see cref="NextDeadline"/> or until somebody rings, when its last breath found nothing to do: nothing
    /// waits for the next breath, and no change is under way for which workers look at one another.
    /// </summary>
    public bool MayRest => _source.Submitted.Count == 0 && !_changes.IsUnderWay;

    /// <summary>
    /// What an idle worker sleeps on: the queues of its ports. Another array whenever ports come and go; its own thread's to ask for.
    /// </summary>
    public ImmutableArray<int> WakeupDescriptors
    {
        get
        {
            if (_wakeupDescriptors.IsDefault) _wakeupDescriptors = [.. ReadWakeupDescriptors()];    // once, however many came or went
            return _wakeupDescriptors;
        }
    }

    /// <summary>
    /// Once a breath, behind all that it has put into rings, whatever it was: rings for those who sleep and have something of this worker's
    /// to take.
    /// </summary>
    private void WakeOthers()
    {
        if (_mesh.Workers == 1) return;
        Interlocked.MemoryBarrier();
        for (int to = 0; to < _mesh.Workers; to++)
        {
            if (to != Id && _mesh.BellOf(to) is { IsAsleep: true } bell && HasSomethingFor(to)) bell.RingBehindFence();
        }
    }

    private IEnumerable<int> ReadWakeupDescriptors() =>
        _queues.Concat(_hostQueues).Select(queue => queue.WakeupDescriptor).Where(descriptor => descriptor >= 0);

    private bool HasSomethingFor(int worker)
    {
        if (_mesh.Forward(Id, worker)!.Count > 0) return true;
        foreach (ILetterBox box in _path.LetterBoxes)
        {
            if (box.HasLettersFor(worker)) return true;
        }

        return false;
    }
}
