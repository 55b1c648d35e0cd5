using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Appliance.Benchmarks.Harness;
using Appliance.Benchmarks.Peers;
using Appliance.Engine;

namespace Appliance.Benchmarks.Rows;

/// <summary>
/// Handles from one worker to another through a bounded ring, in bursts: over two cores, and both ends in turns on one thread. Both sides
/// wait alike: a producer that finds the ring full pauses once; a consumer that finds less than half a burst backs off, so that it does
/// not take the lines that the producer is about to write.
/// </summary>
internal sealed class HandOffRows : IBenchmarkRows
{
    private const string Peer = "rte_ring SP/SC";
    private const int Capacity = 1024;
    private const int ItemsPerRun = 1 << 18;                          // a millisecond: long beside waking the second core
    private const int BackOff = 12;                                   // pauses: 100 to 300 ns
    private static readonly (int Burst, Bar Bar)[] Bursts = [(32, new Bar(Peer, 1.0, 1.3)), (128, new Bar(Peer, 1.0, 1.6))];

    private readonly FrameRing _ring = new(Capacity);
    private readonly Frame[] _given = new Frame[Bursts[^1].Burst];
    private readonly Frame[] _taken = new Frame[Bursts[^1].Burst];
    private readonly SecondCore? _second = SecondCore.IsPresent ? new SecondCore() : null;

    public string Subject => "ring";

    public IEnumerable<Comparison> Prepare(bool peerIsPresent)
    {
        if (peerIsPresent && DpdkPeer.CreateRing(Capacity) != 1) throw new InvalidOperationException("the peer made no ring");
        foreach ((int burst, Bar bar) in Bursts)
        {
            var ours = new Contender("FrameRing", ItemsPerRun, () => Turn(burst));
            var peer = new Contender(Peer, ItemsPerRun, () => DpdkPeer.TurnRing(ItemsPerRun, burst));
            yield return new Comparison($"ring, one thread, bursts of {burst}", "frame", ours, peerIsPresent ? [peer] : [], bar);
        }

        if (_second is not { } second) yield break;
        foreach ((int burst, Bar bar) in Bursts)
        {
            var ours = new Contender("FrameRing", ItemsPerRun, () => second.RunBoth(() => Produce(burst), () => Check(Consume(burst))));
            var peer = new Contender(Peer, ItemsPerRun, () => second.RunBoth(
                () => DpdkPeer.ProduceRing(ItemsPerRun, burst), () => Check(DpdkPeer.ConsumeRing(ItemsPerRun, burst, BackOff))));
            yield return new Comparison($"ring, two cores, bursts of {burst}", "frame", ours, peerIsPresent ? [peer] : [], bar);
        }
    }

    public void Dispose()
    {
        _second?.Dispose();
        _ring.Dispose();
    }

    private static void Check(long outOfOrder)
    {
        if (outOfOrder != 0) throw new AnswersDifferException($"{outOfOrder} bursts came out of order");
    }

    private void Turn(int burst)
    {
        for (int i = 0; i < ItemsPerRun; i += burst)
        {
            _ring.Enqueue(_given.AsSpan(0, burst));
            _ring.Dequeue(_taken.AsSpan(0, burst));
        }
    }

    /// <summary>Puts handles that are numbers from 1 on; nobody looks behind them.</summary>
    private void Produce(int burst)
    {
        for (long next = 1; next <= ItemsPerRun;)
        {
            for (int i = 0; i < burst; i++)
                _given[i] = Unsafe.BitCast<long, Frame>(next + i);
            int put = _ring.Enqueue(_given.AsSpan(0, (int)Math.Min(burst, ItemsPerRun - next + 1)));
            next += put;
            if (put == 0) Pause();
        }
    }

    private long Consume(int burst)
    {
        long wrong = 0;
        for (long next = 1; next <= ItemsPerRun;)
        {
            int got = _ring.Dequeue(_taken.AsSpan(0, burst));
            if (got > 0 && Unsafe.BitCast<Frame, long>(_taken[0]) != next) wrong++;
            next += got;
            for (int i = 0; got < burst / 2 && i < BackOff; i++)
                Pause();
        }

        return wrong;
    }

    private static void Pause()
    {
        if (X86Base.IsSupported) X86Base.Pause();
        else Thread.SpinWait(1);
    }
}
