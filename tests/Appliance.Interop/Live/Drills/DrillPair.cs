using System.Globalization;
using System.Text.Json;
using Appliance.Interop.Vm;
using Xunit;

namespace Appliance.Interop.Live.Drills;

/// <summary>
/// Two running appliances, the flows through them, and what can be done to the first of them, which is the better master. A cable
/// beside the pair joins the two hosts.
/// <code>
///     lan ── switch ──┬── A ──┬── switch ── wan       TCP and UDP through NAT to the shared address, numbered datagrams
///      │              └── B ──┘              │
///      └───────────── 10.8.0.0/24 ───────────┘        the same numbered datagrams, on which nobody is
/// </code>
/// </summary>
internal sealed class DrillPair : IDisposable
{
    private const string Ruleset = """
        lan = "10.1.0.0/24"
        table <refused> { 192.0.2.0/24, 198.51.100.0/24 }
        nat on wan inet from $lan to any -> 10.2.0.254
        block all
        block in quick on wan from <refused>
        pass in on lan inet proto tcp from $lan to any port 5001 flags S/SA keep state
        pass in on lan inet proto udp from $lan to any port { 9, 5001 }
        pass in on lan inet proto icmp from $lan
        pass out on wan

        """;

    private readonly bool _hasLane;
    private readonly int _detectMilliseconds;
    private readonly Background?[] _boxes = new Background?[2];
    private readonly List<Background> _waking = [];                     // captures of what a box says that wakes up
    private bool _isFrozen;

    /// <param name="size">How much goes through it.</param>
    /// <param name="hasLane">Whether the two share a lane and their states.</param>
    public DrillPair(DrillSize size, bool hasLane)
    {
        (_hasLane, _detectMilliseconds) = (hasLane, size.DetectMilliseconds);
        Network = new PairNetwork();
        Watch = new MasterWatch(Network);
        try
        {
            Host.Connect(Network.Lan, "beside", Network.Wan, "beside");
            Network.Lan.AddAddress("beside", "10.8.0.1/24");
            Network.Wan.AddAddress("beside", "10.8.0.2/24");
            Network.Folder.Write("pair.pf.conf", Ruleset);
            Start(0);
            Start(1);
            AwaitMaster(0);
            Adverts = [new MasterTimeline(Network.Switch, "lan"), new MasterTimeline(Network.Switch, "wan")];
            Network.Lan.Succeed("ping", "-n", "-c", "1", "-W", "5", "10.2.0.2");
            Flows = new KeptFlows(Network.Lan, Network.Wan, "10.2.0.2", size.Connections, size.UdpFlows, size.QuestionsPerSecond);
            Echo = new NumberedEcho(Network.Lan, Network.Wan, ("10.2.0.2", "10.8.0.2"), size.DatagramsPerSecond);
        }
        catch
        {
            Dispose();                                                  // namespaces outlive a process
            throw;
        }
    }

    public PairNetwork Network { get; }

    public MasterWatch Watch { get; }

    public KeptFlows Flows { get; }

    public NumberedEcho Echo { get; }

    /// <summary>At the lan and at the wan.</summary>
    public MasterTimeline[] Adverts { get; }

    /// <summary>The boxes that can be asked.</summary>
    public IEnumerable<int> Awake => Enumerable.Range(0, 2).Where(box => _boxes[box] is { HasEnded: false } && !(box == 0 && _isFrozen));

    public void Start(int box) => _boxes[box] = Network.Run(box, _hasLane, Edit);

    public void Kill() => Send("KILL", ends: true);

    /// <summary>SIGTERM; it is over when the process is.</summary>
    public void Stop() => Send("TERM", ends: true);

    public void Freeze()
    {
        _isFrozen = true;
        Send("STOP", ends: false);
    }

    /// <summary>Who wakes is watched at both its cables before it does.</summary>
    public void Thaw()
    {
        foreach (string cable in (string[])["lan-0", "wan-0"])
        {
            _waking.Add(Network.Switch.Start(
                "tcpdump", "-l", "--immediate-mode", "-tt", "-n", "-i", cable, "-Q", "in",
                "dst host 224.0.0.18 or ip6 dst host ff02::12 or udp port 9 or port 5001"));
            _waking[^1].AwaitLine("listening on");
        }

        _boxes[0]!.Signal("CONT");
        _isFrozen = false;
    }

    public void Unplug(int turn) => Plug(turn, "down");

    public void Replug(int turn) => Plug(turn, "up");

    public void CutSync() => Network.Boxes[1].Ip("link", "set", "eth2", "down");

    public void JoinSync() => Network.Boxes[1].Ip("link", "set", "eth2", "up");

    public void SetMaintenance(bool isOn) => Network.Tell(0, $"carp/maintenance?state={(isOn ? "on" : "off")}");

    /// <summary>Waits until a box has everything and the other, if it can be asked, nothing.</summary>
    public void AwaitMaster(int box) => Eventually.Is(() => Awake.All(each =>
        Watch.StatesOf(each).Values.All(state => state == "MASTER" == (each == box))));

    /// <summary>Waits until the two hold the same states, if they share any.</summary>
    public void AwaitEqual()
    {
        if (_hasLane) Eventually.Is(() => Awake.Count() < 2 || Awake.All(box => Phase(box) == "in-sync"));
    }

    /// <summary>How late the second box's lane ever was, nanoseconds: it is never killed nor frozen.</summary>
    public long LaneLate => _hasLane ? (long)(Network.See(1, "show/sync")[0].GetProperty("latenessMicroseconds").GetDouble() * 1000) : 0;

    /// <summary>How many boxes are master of each group.</summary>
    public int[] CountMasters() =>
    [
        .. Awake.SelectMany(box => Watch.StatesOf(box)).GroupBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Count(state => state.Value == "MASTER")),
    ];

    /// <summary>What the first box sent between waking up and being master again: frames of the flows, and adverts.</summary>
    public (int Frames, int Adverts) EndWaking(long since)
    {
        const long Before = 20_000_000;                                 // a box may answer by the time at which it began to look
        Watch.Collect(0);
        long until = Watch.MasterFrom(0, since);
        Assert.True(until != long.MaxValue, "who woke up is not master again");
        string[] said =
        [
            .. _waking.SelectMany(capture => capture.Output).Where(line => WallClock.ToMonotonic(TimeOf(line)) < until - Before),
        ];
        ForgetWaking();
        int adverts = said.Count(line => line.Contains("> 224.0.0.18", StringComparison.Ordinal)
            || line.Contains("> ff02::12", StringComparison.Ordinal));
        return (said.Length - adverts, adverts);
    }

    public void Dispose()
    {
        ForgetWaking();
        Echo?.Dispose();
        Flows?.Dispose();
        foreach (MasterTimeline adverts in Adverts ?? []) adverts.Dispose();
        Network.Dispose();
    }

    private static double TimeOf(string line) =>
        double.Parse(line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);

    private void ForgetWaking()
    {
        foreach (Background capture in _waking) capture.Dispose();
        _waking.Clear();
    }

    private void Send(string signal, bool ends)
    {
        Watch.Collect(0);
        _boxes[0]!.Signal(signal);
        Watch.End(0);
        if (ends) _boxes[0]!.AwaitEnd();
    }

    /// <summary>At either side of the box, and at either end of the cable, by turns.</summary>
    private void Plug(int turn, string state)
    {
        string port = turn % 2 == 0 ? "wan" : "lan";
        if (turn % 4 < 2) Network.Switch.Ip("link", "set", $"{port}-0", state);
        else Network.Boxes[0].Ip("link", "set", port == "wan" ? "eth1" : "eth0", state);
    }

    private string Phase(int box)
    {
        JsonElement sync = Network.See(box, "show/sync");
        return sync[0].GetProperty("states") is { ValueKind: JsonValueKind.Object } states ? states.GetProperty("phase").GetString()! : "";
    }

    private string Edit(string yaml)
    {
        string lane = string.Create(CultureInfo.InvariantCulture, $"detect-milliseconds: {_detectMilliseconds}");
        return $"{yaml.Replace(PairNetwork.Detection, lane, StringComparison.Ordinal)}\nfirewall: {{ruleset: pair.pf.conf}}\n";
    }
}
