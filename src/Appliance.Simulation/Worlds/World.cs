using System.Globalization;
using Appliance.Engine;

namespace Appliance.Simulation;

/// <summary>
/// A pair, its neighbours and the wires between them on one virtual clock, all of it from one seed.
/// <code>
///     clients ─┐              ┌── A ──┐              ┌─ servers
///              ├─ lan switch ─┤   │   ├─ wan switch ─┤
///     clients ─┘              └── B ──┘              └─ servers
///                                sync
/// </code>
/// </summary>
internal sealed class World : IDisposable
{
    /// <summary>Things that happen at one instant at most: a switch floods a few frames, and a box answers each.</summary>
    public const int MaxAtOnce = 20_000;

    /// <summary>Virtual hosts, on the ports lan and wan.</summary>
    public const int Groups = 2;

    private readonly EventQueue _queue = new();
    private readonly List<TimelineEvent> _timeline = [];
    private bool _isTellingMastership;
    private int _atOnce;                                                // things that have happened at this instant

    /// <param name="seed">Of all chance in it.</param>
    /// <param name="profile">Of the pair.</param>
    /// <param name="flaw">What is deliberately wrong with the boxes.</param>
    /// <param name="memory">Of the boxes' tables, which are large and nearly empty; null: the C library's, which zeroes all of it.</param>
    public World(ulong seed, PairProfile profile, Flaw flaw = Flaw.None, ITableMemory? memory = null)
    {
        (Seed, Profile, Memory) = (seed, profile, memory ?? ProcessMemory.Instance);
        Chance = new WorldRandom(seed, stream: 1);
        Judge = new Judge(this);
        Boxes = [new SimulatedBox(this, 0) { Flaw = flaw }, new SimulatedBox(this, 1) { Flaw = flaw }];
        Switches = [new Switch(this), new Switch(this)];
        Cables = Network.Connect(this);
        Users = new Users(this);
    }

    public ulong Seed { get; }

    public PairProfile Profile { get; }

    public ITableMemory Memory { get; }

    /// <summary>Of the wires, while it runs.</summary>
    public WorldRandom Chance { get; }

    public Judge Judge { get; }

    /// <summary>The better one first.</summary>
    public SimulatedBox[] Boxes { get; }

    /// <summary>Of lan and wan.</summary>
    public Switch[] Switches { get; }

    /// <summary>Of the boxes: lan, wan of A; lan, wan of B; sync.</summary>
    public Cable[] Cables { get; }

    public Users Users { get; }

    public static MonotonicTime Beginning { get; } = new(1_000 * Duration.Second);

    public MonotonicTime Now { get; private set; } = Beginning;

    /// <summary>Null: nobody wants a picture.</summary>
    public Recorder? Recorder { get; private set; }

    /// <summary>Things that have happened.</summary>
    public long Events { get; private set; }

    public IReadOnlyList<TimelineEvent> Timeline => _timeline;

    public static int VhidOf(int group) => group == 0 ? PairConfiguration.LanVhid : PairConfiguration.WanVhid;

    public static string NameOf(int group) => group == 0 ? "1@lan" : "2@wan";

    /// <summary>Before anything is scheduled.</summary>
    public void Record() => Judge.Add(Recorder = new Recorder(this));

    public void Begin()
    {
        foreach (SimulatedBox box in Boxes) box.Start();
        Users.Begin();
    }

    public void After(long nanoseconds, Action happening) => _queue.Add(Now + nanoseconds, happening);

    public void At(long sinceBeginning, Action happening) => _queue.Add(Beginning + sinceBeginning, happening);

    /// <summary>
    /// Lets time pass until so long after the beginning. A world whose time stands still is complained of, and goes no further.
    /// </summary>
    public void RunTo(long sinceBeginning)
    {
        MonotonicTime end = Beginning + sinceBeginning;
        while (true)
        {
            SimulatedBox box = Boxes[0].Deadline <= Boxes[1].Deadline ? Boxes[0] : Boxes[1];
            MonotonicTime next = _queue.Next;
            bool isBox = box.Deadline < next;
            if (isBox) next = box.Deadline;
            if (next > end) break;
            if (next > Now) (Now, _atOnce) = (next, 0);
            if (++_atOnce > MaxAtOnce)
            {
                Judge.OnStandstill(isBox ? box : null);
                return;
            }

            Events++;
            if (isBox) box.Step();
            else _queue.Take()();
        }

        Now = end;
    }

    /// <summary>The only box that acts as the master of a group; -1: there is none, or two.</summary>
    public int MasterOf(int group) => (Boxes[0].IsActing(group), Boxes[1].IsActing(group)) switch
    {
        (true, false) => 0,
        (false, true) => 1,
        _ => -1,
    };

    public int MastersOf(int group) => (Boxes[0].IsActing(group) ? 1 : 0) + (Boxes[1].IsActing(group) ? 1 : 0);

    /// <summary>A box may be master of something else than before.</summary>
    public void OnMastership()
    {
        if (_isTellingMastership) return;
        _isTellingMastership = true;
        for (int group = 0; group < Groups; group++) Judge.OnMasters(group, MastersOf(group));
        _isTellingMastership = false;
    }

    public void Note(string who, string what) => _timeline.Add(new TimelineEvent(Now - Beginning, who, what));

    public static string Text(long nanoseconds) => string.Create(
        CultureInfo.InvariantCulture, $"{nanoseconds / (double)Duration.Second:F6} s");

    public void Dispose()
    {
        foreach (SimulatedBox box in Boxes) box.Dispose();
    }
}
