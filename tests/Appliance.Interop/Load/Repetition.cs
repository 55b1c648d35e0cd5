namespace Appliance.Interop.Load;

/// <summary>Does something again and again, on a thread of its own, beside a test.</summary>
/// <param name="turn">What; as often as there is time.</param>
/// <param name="restMilliseconds">Behind each turn.</param>
internal sealed class Repetition(Action turn, int restMilliseconds) : IDisposable
{
    private Thread? _thread;
    private volatile bool _stops;

    /// <summary>Until <see cref="Stop"/>.</summary>
    public void Start()
    {
        _thread = new Thread(Run);
        _thread.Start();
    }

    /// <summary>When this returns no turn goes on any more.</summary>
    public void Stop()
    {
        _stops = true;
        _thread?.Join();
    }

    public void Dispose() => Stop();

    private void Run()
    {
        for (; !_stops; Thread.Sleep(restMilliseconds)) turn();
    }
}
