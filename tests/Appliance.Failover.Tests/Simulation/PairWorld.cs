using System.Globalization;
using Appliance.Engine;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>
/// Two boxes on two wires (wan, lan), one virtual clock and one seed. The wires lose, double, delay and reorder; what goes over them is
/// bytes. The world watches: who holds which group, for how long two do or nobody does, and how much is said.
/// </summary>
internal sealed class PairWorld
{
    public static readonly string[] GroupNames = ["1@wan", "2@lan"];

    private readonly PriorityQueue<Action, (long Time, long Ordinal)> _events = new();
    private readonly Random _wires;
    private readonly List<(int From, int Path, byte[] Message)> _recorded = [];
    private readonly Dictionary<string, (int Masters, MonotonicTime Since)> _mastership = new(StringComparer.Ordinal);
    private readonly int[] _saidThisSecond = new int[2];
    private long _second;
    private long _ordinal;

    public PairWorld(int seed, CarpNodeSettings left, CarpNodeSettings right, LaneSettings? lane = null)
    {
        (Seed, Lane) = (seed, lane);
        _wires = new Random(seed);
        Boxes = [new SimulatedBox(0, left, this), new SimulatedBox(1, right, this)];
        Start = Now;
    }

    public int Seed { get; }

    /// <summary>Null: CARP is all the boxes have. Otherwise a lane over the sync link and both wires.</summary>
    public LaneSettings? Lane { get; }
    public SimulatedBox[] Boxes { get; }
    public MonotonicTime Start { get; }
    public MonotonicTime Now { get; private set; } = new(1_000 * Second);

    public double Loss { get; set; }
    public double Doubling { get; set; }
    public long MaxDelayNanoseconds { get; set; } = Second / 1000;

    /// <summary>[wire, sender]: nothing passes from there. Wires are wan, lan, and the sync link.</summary>
    public bool[,] Cut { get; } = new bool[3, 2];

    public List<string> Complaints { get; } = [];

    /// <summary>Who took or gave what when: the history that a seed replays.</summary>
    public List<string> History { get; } = [];

    public long Frames { get; private set; }

    public long LaneReplays { get; private set; }

    /// <summary>Outside of this no group may be without exactly one master for longer than <see cref="PatienceNanoseconds"/>.</summary>
    public bool IsCalm { get; set; }

    public long PatienceNanoseconds { get; set; }

    /// <summary>The longest time in which a group had two masters, or none, since it was reset.</summary>
    public long LongestTwo { get; set; }

    public long LongestNone { get; set; }

    /// <summary>What a lane does for a pair: both learn from which counter on the other will speak.</summary>
    public void ExchangeCounters()
    {
        foreach (SimulatedBox box in Boxes)
        {
            foreach (CarpGroup group in Boxes[1 - box.Index].Node.Groups)
                box.Do(node => node.OnPeerCounters(group.Settings.Port, group.Settings.Vhid, group.NextCounter));
        }
    }

    public void Begin()
    {
        foreach (string group in GroupNames) _mastership[group] = (0, Now);
        foreach (SimulatedBox box in Boxes) box.Start();
    }

    public void After(long nanoseconds, Action act) => _events.Enqueue(act, ((Now + nanoseconds).Nanoseconds, _ordinal++));

    public void Run(long nanoseconds)
    {
        MonotonicTime end = Now + nanoseconds;
        while (true)
        {
            MonotonicTime next = _events.TryPeek(out _, out (long Time, long Ordinal) first) ? new(first.Time) : MonotonicTime.Never;
            SimulatedBox box = Boxes[0].NextDeadline <= Boxes[1].NextDeadline ? Boxes[0] : Boxes[1];
            bool isBox = box.NextDeadline < next;
            MonotonicTime at = isBox ? box.NextDeadline : next;
            if (at > end) break;
            if (at > Now) Now = at;
            if (isBox) box.Step();
            else _events.Dequeue()();
            Watch();
        }

        Now = end;
        Watch();
    }

    public void Send(SimulatedBox from, in CarpAction action, byte[] frame)
    {
        Frames++;
        if (action.Kind == CarpActionKind.SendAdvertisement) CountSaid(from);
        PortId port = action.Group.Settings.Port;
        Carry(port.Index, from, () => Boxes[1 - from.Index].Receive(port, frame));
    }

    public void SendLane(SimulatedBox from, int path, byte[] message)
    {
        if (_recorded.Count < 1000) _recorded.Add((from.Index, path, message));
        Carry(path == 0 ? 2 : path - 1, from, () => Boxes[1 - from.Index].ReceiveLane(path, message));
    }

    /// <summary>Somebody sends five messages of the lane again, to either end.</summary>
    public void ReplayLane()
    {
        for (int i = 0; i < 5; i++)
        {
            (int from, int path, byte[] message) = _recorded[(int)(LaneReplays++ * 7919 % _recorded.Count)];
            Boxes[LaneReplays % 3 == 0 ? from : 1 - from].ReceiveLane(path, message);
        }
    }

    private void Carry(int wire, SimulatedBox from, Action arrive)
    {
        if (Cut[wire, from.Index]) return;
        for (int copy = _wires.NextDouble() < Doubling ? 0 : 1; copy < 2; copy++)
        {
            if (_wires.NextDouble() < Loss) continue;
            After((long)(_wires.NextDouble() * MaxDelayNanoseconds), arrive);
        }
    }

    public void OnMaster(SimulatedBox box, string group, bool holds, CarpEvent cause)
    {
        (int before, MonotonicTime since) = _mastership[group];
        if (before == 2) LongestTwo = Math.Max(LongestTwo, Now - since);
        if (before == 0) LongestNone = Math.Max(LongestNone, Now - since);
        _mastership[group] = (MastersOf(group), Now);
        History.Add(string.Create(CultureInfo.InvariantCulture,
            $"{(Now - Start) / (double)Second:f6} {box.Index} {group} {(holds ? "takes" : "gives")} ({cause})"));
    }

    public void Complain(string what)
    {
        if (Complaints.Count < 20)
            Complaints.Add(string.Create(CultureInfo.InvariantCulture, $"{(Now - Start) / (double)Second:f6} {what}"));
    }

    public int MastersOf(string group) => Boxes.Count(box => box.Holds(group));

    /// <summary>The only box that holds the group; -1 when there is none or two.</summary>
    public int MasterOf(string group) => MastersOf(group) == 1 ? Array.FindIndex(Boxes, box => box.Holds(group)) : -1;

    private void Watch()
    {
        if (!IsCalm) return;
        foreach (string group in GroupNames)
        {
            (int masters, MonotonicTime since) = _mastership[group];
            if (masters == 1 || Now - since <= PatienceNanoseconds) continue;
            Complain($"{group} has {masters} masters for {(Now - since) / (Second / 1000)} ms");
            _mastership[group] = (masters, Now);
        }
    }

    /// <summary>
    /// Two groups, each at most two a second by its timer, two by rivals corrected, and what demotion and takeovers add: far below this.
    /// </summary>
    private void CountSaid(SimulatedBox box)
    {
        const int Storm = 60;
        long second = (Now - Start) / Second;
        if (second != _second) Array.Clear(_saidThisSecond);
        _second = second;
        if (++_saidThisSecond[box.Index] == Storm) Complain($"{box.Index} said {Storm} advertisements within a second");
    }
}
