using System.Diagnostics;
using Appliance.Engine;
using Appliance.Interop.Live;
using Appliance.Ports.Linux;

namespace Appliance.Interop.Load;

/// <summary>
/// Takes numbered frames off a host's device and notes which come, and in which order. The host's kernel sees nothing of the device
/// meanwhile: it answers nobody, and costs little.
/// </summary>
internal sealed class NumberedSink : IDisposable
{
    private const int Slots = 1 << 15;                  // frames that may wait; for some 40 ms of the fastest sender

    private readonly AfPacketPort _port;
    private readonly FramePool _pool = new(0, new FramePoolSize(Small: 512, Jumbo: 0, Large: 0));
    private readonly IPortQueue _queue;
    private readonly FrameBatch _batch = new(256);
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly ArrivalOrder _order = new();
    private long _first, _last, _longestGap;            // arrivals, in ticks of the stopwatch
    private volatile bool _stops;

    public NumberedSink(Host host, string device)
    {
        _port = HostThread.Make(host, () => AfPacketPort.Open(
            new AfPacketOptions { Id = new PortId(0), Name = "sink", Device = device, ReceiveSlots = Slots }));
        _queue = _port.OpenQueue(0, _pool);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>Of the run that is expected, so far.</summary>
    public SinkTally Tally
    {
        get
        {
            lock (_lock)
            {
                return new SinkTally(
                    _order.Received, _order.Late, Stopwatch.GetElapsedTime(_first, _last).TotalSeconds,
                    Stopwatch.GetElapsedTime(0, _longestGap).TotalSeconds);
            }
        }
    }

    /// <summary>Frames that found no room here, since the start.</summary>
    public long Lost => _port.Losses.QueueFull;

    /// <summary>From here on frames of this run count, and no others.</summary>
    public void Expect(uint run)
    {
        lock (_lock)
        {
            _order.Begin(run);
            _first = _last = _longestGap = 0;
        }
    }

    /// <summary>Returns when so many have arrived, or no more do.</summary>
    public void AwaitQuiet(int frames)
    {
        int seen = -1;
        for (SinkTally now = Tally; now.Received != seen && now.Received < frames; now = Tally)
        {
            seen = now.Received;
            Thread.Sleep(100);
        }
    }

    public void Dispose()
    {
        _stops = true;
        _thread.Join();
        _port.Dispose();
        _pool.Dispose();
    }

    private void Run()
    {
        while (!_stops)
        {
            if (_queue.Receive(_batch) == 0)
            {
                Thread.Sleep(1);
                continue;
            }

            lock (_lock) Note();
            _pool.Return(_batch.Frames);
            _batch.Clear();
        }
    }

    private void Note()
    {
        int before = _order.Received;
        foreach (Frame frame in _batch.Frames)
        {
            if (NumberedFrame.TryRead(frame.Bytes, out NumberedFrame numbered)) _order.Note(numbered);
        }

        if (_order.Received == before) return;
        long now = Stopwatch.GetTimestamp();
        if (before == 0) _first = now;
        else _longestGap = Math.Max(_longestGap, now - _last);
        _last = now;
    }
}
