using System.Globalization;
using Appliance.Engine;

namespace Appliance.Failover.Tests;

/// <summary>
/// Two boxes that sync over a wire which loses, doubles, delays and reorders, on one virtual clock and one seed. The lane is what it
/// promises: it finds the peer when messages can pass, loses it when they cannot, and brings nothing of a former life.
/// </summary>
internal sealed class SyncWorld
{
    public const long Tick = 100_000;                                 // nanoseconds
    private const long Beat = 5_000_000;
    private const long Detect = 20_000_000;

    private readonly PriorityQueue<(int To, int Life, int PeerLife, byte[] Message), (long Time, long Ordinal)> _wire = new();
    private readonly Random _random;
    private readonly Func<int, SyncBox> _make;
    private readonly int[] _lives = [0, 0];
    private readonly bool[] _knows = [false, false];
    private readonly long[] _cutSince = [0, 0];
    private long _ordinal;
    private uint _nextKey = 1;

    public SyncWorld(int seed, Func<int, SyncBox> make)
    {
        (_random, _make) = (new Random(seed), make);
        Boxes = [make(0), make(1)];
    }

    public SyncBox[] Boxes { get; }

    public MonotonicTime Now { get; private set; } = new(1_000_000_000);

    public double Loss { get; set; }
    public double Doubling { get; set; }
    public long MaxDelay { get; set; } = 200_000;
    public bool IsCut { get; set; }

    /// <summary>Changes in a tick, by box.</summary>
    public int[] Traffic { get; } = [0, 0];

    public int MostUnderWay { get; private set; }

    public long Messages { get; private set; }

    /// <summary>Bytes of the longest message so far.</summary>
    public int Longest { get; private set; }

    public Random Random => _random;

    public void Run(long nanoseconds)
    {
        for (MonotonicTime end = Now + nanoseconds; Now < end; Now += Tick)
        {
            Meet();
            for (int i = 0; i < 2; i++) Live(Boxes[i]);
            Carry();
        }
    }

    /// <summary>Until both say that they are equal; false: they did not in that time.</summary>
    public bool RunUntilInSync(long patience)
    {
        for (long passed = 0; passed < patience; passed += 50 * Tick)
        {
            Run(50 * Tick);
            if (Boxes.All(box => box.Sync.Phase == SyncPhase.InSync) && !IsCut) return true;
        }

        return false;
    }

    /// <summary>Another life of a box: it remembers nothing, and what was said to it before is not for it.</summary>
    public void Restart(int index)
    {
        _lives[index]++;
        (_knows[0], _knows[1]) = (false, false);
        Boxes[index] = _make(index);
        Boxes[1 - index].Sync.OnPeerLost();
    }

    /// <summary>One state of the box is made, changed or ended.</summary>
    public void Touch(SyncBox box)
    {
        int stream = _random.Next(box.Streams.Count), what = _random.Next(10);
        IReadOnlyDictionary<uint, FakeState> states = box.Replica[stream];
        if (states.Count == 0 || what < 4)
        {
            uint key = _nextKey++;
            box.Write(stream, FlowChange.Made, key, box.Replica.Make(stream, key, life: key));
            return;
        }

        uint known = states.Keys.ElementAt(_random.Next(states.Count));
        if (what < 8) box.Write(stream, FlowChange.Changed, known, box.Replica.Change(stream, known));
        else box.Write(stream, FlowChange.Ended, known, box.Replica.End(stream, known));
    }

    /// <summary>All of the seed's run in a line, for whoever replays it.</summary>
    public string Fingerprint() => string.Create(CultureInfo.InvariantCulture,
        $"{Messages} messages, {Boxes[0].Replica.Count} and {Boxes[1].Replica.Count} states, {Boxes[0].Sync[SyncEvent.ParcelsRepeated]} "
        + $"and {Boxes[1].Sync[SyncEvent.ParcelsRepeated]} repeated, lag {Boxes[0].Sync.Lag.Percentile(99)}");

    /// <summary>What differs between the two, if anything.</summary>
    public string? Difference()
    {
        for (int stream = 0; stream < Boxes[0].Streams.Count; stream++)
        {
            (uint, uint, uint)[] left = [.. Boxes[0].Replica[stream].Values.Select(state => state.Content)];
            (uint, uint, uint)[] right = [.. Boxes[1].Replica[stream].Values.Select(state => state.Content)];
            if (left.SequenceEqual(right)) continue;
            return $"stream {stream}: only left {string.Join(' ', left.Except(right).Take(5))}, "
                + $"only right {string.Join(' ', right.Except(left).Take(5))}";
        }

        return null;
    }

    private void Live(SyncBox box)
    {
        box.Breathe(Now);
        for (int i = 0; i < Traffic[box.Index]; i++) Touch(box);
        if (Now.Nanoseconds % Beat == 0) box.Sync.OnBeat();
        foreach (byte[] message in box.Turn(Now)) Send(box, message);
        MostUnderWay = Math.Max(MostUnderWay, box.Sync.Window.UnderWay);
    }

    /// <summary>The lane: one end after the other finds and loses the peer.</summary>
    private void Meet()
    {
        for (int i = 0; i < 2; i++)
        {
            if (!IsCut) _cutSince[i] = Now.Nanoseconds;
            bool isSilent = Now.Nanoseconds - _cutSince[i] > Detect + (i * Beat);
            if (_knows[i] && isSilent) Boxes[i].Sync.OnPeerLost();
            else if (!_knows[i] && !IsCut && _random.Next(40) == 0) Boxes[i].Sync.OnPeerFound();
            else continue;
            _knows[i] = !_knows[i];
        }
    }

    private void Send(SyncBox from, byte[] message)
    {
        Messages++;
        Longest = Math.Max(Longest, message.Length);
        int to = 1 - from.Index;
        if (IsCut) return;
        for (int copy = _random.NextDouble() < Doubling ? 0 : 1; copy < 2; copy++)
        {
            if (_random.NextDouble() < Loss) continue;
            long at = Now.Nanoseconds + (long)(_random.NextDouble() * MaxDelay);
            _wire.Enqueue((to, _lives[to], _lives[from.Index], message), (at, _ordinal++));
        }
    }

    private void Carry()
    {
        while (_wire.TryPeek(out _, out (long Time, long) first) && first.Time <= Now.Nanoseconds)
        {
            (int to, int life, int peerLife, byte[] message) = _wire.Dequeue();
            bool isOfNow = life == _lives[to] && peerLife == _lives[1 - to] && _knows[to];
            if (isOfNow) Boxes[to].Sync.OnMessage(message, Now);
        }
    }
}
