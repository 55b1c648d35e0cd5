using System.Globalization;
using Appliance.Interop.Live;

namespace Appliance.Interop.Vm;

/// <summary>
/// Two machines from the image, and TCP sessions through their NAT and a ruleset that lets in nothing that it does not know. A is the
/// better master.
/// </summary>
internal sealed class VmPair : IDisposable
{
    public const int Sessions = 100;

    /// <summary>Milliseconds that no session may wait longer.</summary>
    public const int UnplannedBar = 2000, OrderlyBar = 500;

    /// <summary>Of each session, while nothing is to happen: three seconds' worth.</summary>
    public const int QuietAnswers = 20;

    private const int FirstAddress = 11;
    private const string Ruleset = "nat on wan inet from 10.1.0.0/24 to any -> 10.2.0.254\nblock all\npass in on lan\npass out on wan\n";
    private const string Key = "6b65792d6f662d74686520706169722c2074686520736165206f6e20626f7468";

    private readonly VirtualMachine?[] _machines = new VirtualMachine?[2];
    private readonly VmNetwork _network;
    private readonly MasterTimeline _masters;
    private readonly DrillRecord _record;
    private readonly Starvation _starvation;
    private readonly OthersShare _others = new();
    private readonly Action<string> _say;
    private readonly bool _preempts;
    private Background? _serving;
    private Background? _holding;
    private double _since;

    /// <param name="folder">What it leaves.</param>
    /// <param name="preempts">Whether A takes over again once it is back.</param>
    /// <param name="say">Told of each result.</param>
    public VmPair(string folder, bool preempts, Action<string> say)
    {
        (_preempts, _say) = (preempts, say);
        VmImage.Require("qcow2");
        _network = new VmNetwork(machines: 2, gateway: 254);
        _masters = new MasterTimeline(_network.Switch, "lan");
        _record = new DrillRecord(folder, _network, _masters, [FirstAddress, FirstAddress + 1], Sessions);
        _starvation = new Starvation(() => _machines.OfType<VirtualMachine>().Select(machine => machine.Process));
    }

    public VirtualMachine A => _machines[0]!;

    public VirtualMachine B => _machines[1]!;

    /// <param name="machine">0 is A, 1 is B.</param>
    public VirtualMachine this[int machine] => _machines[machine]!;

    /// <inheritdoc cref="DrillRecord.IsProven"/>
    public bool IsProven => _record.IsProven;

    /// <summary>Does all of it; whatever happens is in the record.</summary>
    public bool Record(Action drill)
    {
        try
        {
            drill();
        }
        catch (Exception failure)
        {
            _record.End(_machines.OfType<VirtualMachine>(), failure);
            throw;
        }

        _record.End(_machines.OfType<VirtualMachine>(), failure: null);
        return _record.IsGood;
    }

    /// <summary>Both are on, one is master (A, where it preempts), and all sessions are open.</summary>
    public void Begin()
    {
        Start(0);
        Start(1);
        A.Serial.Await("Number: ");
        B.Serial.Await("Number: ");
        if (_preempts) AwaitMaster(0);
        else AwaitMaster();
        B.Serial.OpenShell(VmNetwork.Password);
        AwaitInSync(B);
        _serving = _network.Wan.Start(Peer.Python, LiveNetwork.Script("sessions.py", "serve", "10.2.0.2", "5001"));
        _serving.AwaitLine("serving");
        _holding = _network.Lan.Start(Peer.Python, LiveNetwork.Script("sessions.py", "hold", "10.2.0.2", "5001", $"{Sessions}"));
        _holding.AwaitLine($"{Sessions} open");
        _since = MasterTimeline.Now;
        _starvation.Take();
        _others.Take();
        Settle("undisturbed", UnplannedBar, QuietAnswers);
    }

    /// <summary>Switches a machine on, anew if need be.</summary>
    /// <param name="machine">0 or 1.</param>
    public void Start(int machine)
    {
        string seed = _network.Seed($"pair-{machine}", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["sync.key"] = Key + "\n", ["pair.pf.conf"] = Ruleset, ["appliance.yaml"] = Configuration(machine),
        });
        _machines[machine]?.Dispose();
        _machines[machine] = _network.Start(machine, options => options with { Seed = seed, Processors = 1 });
    }

    /// <summary>Until one alone says that it is master.</summary>
    public void AwaitMaster(int machine) => _masters.AwaitAlone(FirstAddress + machine);

    /// <summary>Until any alone says so; answers which.</summary>
    public int AwaitMaster() => _masters.AwaitAlone() - FirstAddress;

    /// <summary>What one has told is not yet what the other has: one says when it is.</summary>
    /// <param name="who">With an open shell.</param>
    public static void AwaitInSync(VirtualMachine who) =>
        who.Serial.Run("until appliance show sync --json | grep -m 1 '\"phase\"' | grep -q in-sync; do sleep 1; done");

    /// <param name="name">What has happened.</param>
    /// <param name="bar">Milliseconds that a session may have waited since the last time.</param>
    /// <param name="answers">That each session is to have had from now on, before it is over.</param>
    public void Settle(string name, int bar, int answers = 0)
    {
        int before = _holding!.Output.Count;
        _holding.Tell(string.Create(CultureInfo.InvariantCulture, $"{name.Replace(' ', '_')} {answers}"));
        _holding.Until(() => _holding.Output.Count > before, "nobody counts the sessions");
        string[] words = _holding.Output.Last().Split(' ');
        double now = MasterTimeline.Now;
        int living = int.Parse(words[1], CultureInfo.InvariantCulture);
        int gap = int.Parse(words[2], CultureInfo.InvariantCulture);
        _say(_record.Add(new DrillPhase(name, _since, now, living, gap, bar, _starvation.Take(), _others.Take())));
        _since = now;
    }

    public void Dispose()
    {
        _starvation.Dispose();
        _holding?.Dispose();
        _serving?.Dispose();
        _record.Dispose();
        _masters.Dispose();
        _network.Dispose();
    }

    private string Configuration(int machine) => string.Create(CultureInfo.InvariantCulture, $$"""
        name: vm{{machine}}
        vcpus: 1
        ports:
          lan: {backend: af-packet, device: eth0, addresses: [10.1.0.{{FirstAddress + machine}}/24]}
          wan: {backend: af-packet, device: eth1, addresses: [10.2.0.{{FirstAddress + machine}}/24]}
          sync: {backend: af-packet, device: eth2, addresses: [10.9.0.{{1 + machine}}/24]}
        high-availability:
          preempt: {{(_preempts ? "on" : "off")}}
          preempt-hold-down-seconds: 15
          carp:
            - {vhid: 1, port: lan, addresses: [10.1.0.254/24], password: drill, advskew: {{100 * machine}}}
            - {vhid: 2, port: wan, addresses: [10.2.0.254/24], password: drill, advskew: {{100 * machine}}}
          sync: {port: sync, peer: 10.9.0.{{2 - machine}}, key-file: sync.key, heartbeat-milliseconds: 50, detect-milliseconds: 500}
        firewall: {ruleset: pair.pf.conf}

        """);
}
