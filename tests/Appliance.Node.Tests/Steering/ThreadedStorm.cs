using System.Collections.Concurrent;
using Appliance.Configuration;
using Appliance.Engine;
using Xunit;

namespace Appliance.Node.Tests.Steering;

/// <summary>
/// The same talk with a thread for each worker: each fills its own ports, breathes, and gives what has left to the one who asks. That one
/// also changes tables and keys meanwhile. There are never more frames under way than any queue holds, so none may be lost.
/// </summary>
internal sealed class ThreadedStorm : IDisposable
{
    private const int Flows = 96, MaxUnanswered = 200;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);            // until it is called a failure

    private readonly Random _random;
    private readonly RuntimeModel[] _models;
    private readonly ConcurrentQueue<(PortId Port, byte[] Bytes)>[] _entering;
    private readonly ConcurrentQueue<byte[]> _left = new();
    private readonly Thread[] _threads;
    private readonly uint[] _asked = new uint[Flows], _answered = new uint[Flows];
    private readonly long[] _breathing;                 // by worker: the time of its latest breath
    private long _now = 1_000_000_000;
    private bool _isOver;
    private Exception? _failure;

    public ThreadedStorm(int seed, int vcpus, params RuntimeModel[] models)
    {
        _random = new Random(seed);
        _models = models;
        Node = new ApplianceNode(models[0], new NodeOptions { Workers = vcpus });
        _entering = [.. Node.Workers.Select(_ => new ConcurrentQueue<(PortId Port, byte[] Bytes)>())];
        MemoryInbox[] inboxes = [.. Node.Workers.Select(worker => new MemoryInbox(worker.Pool, Box.BurstFrames))];
        foreach (PortModel port in Node.Configuration.Ports.Where(port => port.IsPhysical)) Attach(port, inboxes);
        _breathing = new long[vcpus];
        _threads = [.. Node.Workers.Select(worker => new Thread(() => Run(worker, inboxes[worker.Id])) { IsBackground = true })];
        foreach (Thread thread in _threads) thread.Start();
    }

    public ApplianceNode Node { get; }

    public int Changes { get; private set; }

    public int Moves { get; private set; }

    /// <summary>Asks until all have asked that often and been answered, while the steering changes whenever it has settled.</summary>
    /// <param name="questions">In all.</param>
    public void Talk(int questions)
    {
        long asked = 0, answered = 0;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (answered < questions)
        {
            bool isWell = watch.Elapsed < Patience && Volatile.Read(ref _failure) is null;
            if (!isWell) Assert.Fail($"{answered} of {asked} answered; dropped: {Dropped}. {_failure}");
            for (; asked < questions && asked - answered < MaxUnanswered; asked++) Ask();
            while (_left.TryDequeue(out byte[]? frame)) answered += Hear(frame);
            Change();
        }

        Assert.Equal(_asked, _answered);
    }

    /// <summary>
    /// All states that were not heard of since the last call end, bit by bit, while the talk goes on. Behind this every breath has the new
    /// time: what began before it and took a frame behind it would note a state that is over by the clock of all others.
    /// </summary>
    public void LetTimePass()
    {
        long now = Interlocked.Add(ref _now, 100_000_000_000);
        while (Volatile.Read(ref _failure) is null && _breathing.Any(breath => breath != now)) Thread.Yield();
    }

    /// <summary>Everything comes to rest, and nothing has been dropped.</summary>
    public void Finish()
    {
        Volatile.Write(ref _isOver, true);
        foreach (Thread thread in _threads) thread.Join();
        Assert.Null(_failure);
        Node.StepUntilIdle(new MonotonicTime(_now));
        Box.MustBeSettled(Node);
        Assert.Equal(0, Node.ReadAccounts().Dropped);
        Node.StepUntilIdle(new MonotonicTime(_now + 90_000_000_000_000));
        Firewall.AnyKeyTests.MustBeEmpty(Node);
    }

    public void Dispose()
    {
        Volatile.Write(ref _isOver, true);
        foreach (Thread thread in _threads) thread.Join();
        Node.Dispose();
    }

    private void Ask()
    {
        int flow = _random.Next(Flows);
        if (Steering.Talk.IsTcp(flow)) flow--;
        Enter("lan", Steering.Talk.Question(flow, _asked[flow]++));
    }

    private int Hear(byte[] frame)
    {
        (int flow, _, uint kind) = Steering.Talk.MarkOf(frame);
        if (kind == Steering.Talk.IsAnswer)
        {
            _answered[flow]++;
            return 1;
        }

        Enter("wan", Steering.Talk.Answer(frame, isError: _random.Next(6) == 0));
        return 0;
    }

    private string Dropped => string.Join(", ", Node.ReadAccounts().Drops);

    private void Change()
    {
        Node.Tend(new MonotonicTime(Volatile.Read(ref _now)));
        if (!Node.IsSteeringSettled) return;
        if (_models.Length > 1 && _random.Next(20) == 0)
        {
            Node.Apply(_models[++Changes % _models.Length]);
            return;
        }

        IEnumerable<ushort> owners = Node.Steering.Table.Owners.Select(_ => (ushort)_random.Next(Node.Workers.Length));
        if (Node.TryMoveBuckets(new IndirectionTable([.. owners]))) Moves++;
    }

    private void Enter(string port, byte[] bytes)
    {
        PortModel model = Node.Configuration.FindPort(port)!;
        _entering[model.Ordinal % _entering.Length].Enqueue((new PortId((ushort)model.Index), bytes));
    }

    private void Run(Worker worker, MemoryInbox inbox)
    {
        try
        {
            while (!Volatile.Read(ref _isOver))
            {
                while (inbox.Count < Box.BurstFrames && _entering[worker.Id].TryDequeue(out (PortId Port, byte[] Bytes) entering))
                {
                    Assert.True(inbox.TryRent(entering.Bytes.Length, out Frame frame), "The pool is empty.");
                    entering.Bytes.CopyTo(frame.Bytes);
                    Assert.True(inbox.TryAdd(frame, entering.Port));
                }

                long now = Volatile.Read(ref _now);
                Volatile.Write(ref _breathing[worker.Id], now);
                if (worker.Step(new MonotonicTime(now)) == 0) Thread.Yield();
            }
        }
        catch (Exception failure)
        {
            Volatile.Write(ref _failure, failure);
        }
    }

    private void Attach(PortModel port, MemoryInbox[] inboxes)
    {
        var id = new PortId((ushort)port.Index);
        var sink = new Sink(_left);
        var memory = new MemoryPort(id, port.Name, Node.Models.Ports[port.Index].Mac, port.MtuBytes, worker => inboxes[worker], sink);
        foreach (Worker worker in Node.Workers)
            worker.Attach(id, memory.OpenQueue(worker.Id, worker.Pool));
    }

    private sealed class Sink(ConcurrentQueue<byte[]> left) : ITransmitSink
    {
        public void OnTransmit(PortId port, Frame frame) => left.Enqueue(frame.Bytes.ToArray());
    }
}
