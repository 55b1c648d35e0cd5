using System.Threading.Channels;
using Appliance.Engine;

namespace Appliance.Management;

/// <summary>
/// Where management meets the control thread. Whoever serves users asks here, from any thread; the control thread answers in
/// <see cref="Step"/>, and does there what has its time: it takes the log, hands captured frames on, returns to a configuration that nobody
/// gave up. Questions are few and short; of more than wait at once the last are refused.
/// </summary>
/// <param name="appliance">Asked by the control thread only.</param>
/// <param name="wake">Makes the control thread call <see cref="Step"/> soon; from any thread.</param>
public sealed class ControlDesk(IRunningAppliance appliance, Action wake)
{
    /// <summary>Questions that may wait.</summary>
    public const int MostWaiting = 64;

    private const long LogInterval = 100_000_000;                       // nanoseconds: a ring of some thousands fills no sooner at 50 kHz
    private const long CaptureInterval = 20_000_000;

    private readonly Channel<Action> _questions = Channel.CreateBounded<Action>(MostWaiting);
    private readonly List<CaptureFeed> _captures = [];
    private MonotonicTime _nextLog;
    private volatile bool _isClosed;

    /// <summary>By the control thread.</summary>
    public IRunningAppliance Appliance => appliance;

    /// <summary>By the control thread: the latest that was told.</summary>
    public MonotonicTime Now { get; private set; }

    /// <summary>By the control thread: the time of day that goes with <see cref="Now"/>.</summary>
    public DateTimeOffset TimeOfDay { get; private set; }

    /// <summary>What was logged last; by the control thread.</summary>
    internal RecentLog Log { get; } = new();

    /// <summary>What waits for its time, called with every <see cref="Step"/>; null: nothing. Set before the first.</summary>
    internal ISteppable? Changes { get; set; }

    /// <summary>When <see cref="Step"/> is to be called at the latest.</summary>
    public MonotonicTime NextDeadline
    {
        get
        {
            MonotonicTime next = Changes is { } changes && changes.NextDeadline < _nextLog ? changes.NextDeadline : _nextLog;
            MonotonicTime captures = _captures.Count > 0 ? Now + CaptureInterval : MonotonicTime.Never;
            return captures < next ? captures : next;
        }
    }

    /// <summary>
    /// By the control thread, whenever it is woken or <see cref="NextDeadline"/> has come. Answers how many questions there were.
    /// </summary>
    public int Step(MonotonicTime now, DateTimeOffset timeOfDay)
    {
        (Now, TimeOfDay) = (now, timeOfDay);
        int served = 0;
        for (; served < MostWaiting && _questions.Reader.TryRead(out Action? question); served++) question();
        Changes?.Step(now);
        _captures.RemoveAll(capture => !capture.HandOn(this));
        if (now < _nextLog) return served;
        Log.Take(appliance.Node, TimeOfNode);
        _nextLog = now + LogInterval;
        return served;
    }

    /// <summary>By the control thread, when it will not <see cref="Step"/> any more: whoever waits or asks is told so.</summary>
    public void Close()
    {
        _isClosed = true;
        _questions.Writer.TryComplete();
        while (_questions.Reader.TryRead(out Action? question)) question();
    }

    /// <summary>
    /// Asks the control thread; what <paramref name="question"/> throws comes back to the asker, and so does the answer.
    /// </summary>
    /// <exception cref="ControlBusyException">Too many questions wait.</exception>
    /// <exception cref="ControlEndedException">Nobody answers any more.</exception>
    internal Task<T> AskAsync<T>(Func<ControlDesk, T> question, CancellationToken cancellation = default)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isTaken = _questions.Writer.TryWrite(() =>
        {
            if (cancellation.IsCancellationRequested)
            {
                answer.TrySetCanceled(cancellation);
                return;
            }

            try
            {
                if (_isClosed) throw new ControlEndedException();
                answer.TrySetResult(question(this));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                answer.TrySetException(failure);
            }
        });
        if (!isTaken) throw _isClosed ? new ControlEndedException() : new ControlBusyException();
        wake();
        return answer.Task.WaitAsync(cancellation);
    }

    /// <summary>From any thread: there is something to go on with.</summary>
    internal void Wake() => wake();

    /// <summary>The time of day of a moment on the node's clock; by the control thread.</summary>
    internal DateTimeOffset TimeOfNode(MonotonicTime time) => TimeOfDay.AddTicks((time - Now) / 100);

    /// <summary>By the control thread: handed on with every <see cref="Step"/> until nobody wants it.</summary>
    internal void Add(CaptureFeed capture) => _captures.Add(capture);
}
