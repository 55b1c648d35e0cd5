using System.Globalization;
using System.Text;
using Appliance.Interop.Live;
using Appliance.Testing;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>
/// Two machines from the image, a hundred TCP sessions through their NAT and a ruleset that lets in nothing that it does not know, and
/// everything that can happen to a machine. What it leaves (verdict, picture, logs of the serial lines) is in out/vm-drill.
/// </summary>
public sealed class VmDrill(ITestOutputHelper output) : IDisposable
{
    private const int Sessions = 100, UnplannedBar = 2000, OrderlyBar = 500, FirstAddress = 11;

    /// <summary>Of each session, while nothing is to happen: three seconds' worth.</summary>
    private const int QuietAnswers = 20;

    private const string Ruleset = "nat on wan inet from 10.1.0.0/24 to any -> 10.2.0.254\nblock all\npass in on lan\npass out on wan\n";
    private const string Key = "6b65792d6f662d74686520706169722c2074686520736165206f6e20626f7468";

    private readonly List<DrillPhase> _phases = [];
    private readonly VirtualMachine?[] _machines = new VirtualMachine?[2];
    private VmNetwork? _network;
    private MasterTimeline? _masters;
    private Background? _holding;
    private double _since;

    [Fact(Explicit = true)]
    public void Two_machines_fail_over_to_each_other()
    {
        VmImage.Require("qcow2");
        _network = new VmNetwork(machines: 2, gateway: 254);
        _masters = new MasterTimeline(_network.Switch, "lan");
        Start(0);
        Start(1);
        foreach (VirtualMachine? machine in _machines) machine!.Serial.Await("Number: ");
        _masters.AwaitAlone(FirstAddress);
        using Background serving = _network.Wan.Start(Peer.Python, LiveNetwork.Script("sessions.py", "serve", "10.2.0.2", "5001"));
        serving.AwaitLine("serving");
        _holding = _network.Lan.Start(Peer.Python, LiveNetwork.Script("sessions.py", "hold", "10.2.0.2", "5001", $"{Sessions}"));
        _holding.AwaitLine($"{Sessions} open");
        _since = MasterTimeline.Now;
        _machines[1]!.Serial.OpenShell(VmNetwork.Password);
        Settle("undisturbed", UnplannedBar, QuietAnswers);
        Unplanned("quit", () => _machines[0]!.Tell("quit"), () => Start(0));
        if (TestSize.Of(person: true, server: false, soak: true)) Rest();
        Orderly();
        Judge();
    }

    public void Dispose()
    {
        _holding?.Dispose();
        _masters?.Dispose();
        _network?.Dispose();
    }

    private void Rest()
    {
        VirtualMachine first = _machines[0]!;
        Unplanned("stop", () => first.Tell("stop"), () => first.Tell("cont"));
        Unplanned("system_reset", () => first.Tell("system_reset"), () => { });
        Unplanned(
            "set_link lan off",
            () => first.Tell("set_link", """{"name": "lan", "up": false}"""),
            () => first.Tell("set_link", """{"name": "lan", "up": true}"""));
        first.Serial.Type("");
        first.Serial.OpenShell(VmNetwork.Password);
        foreach (string hour in (string[])["+3600", "-3600"])
        {
            first.Serial.Run($"date -s @$(($(date +%s){hour}))");
            Settle($"wall clock {hour} s", OrderlyBar, QuietAnswers);
        }

        first.Serial.Type("exit");
    }

    /// <summary>The master falls silent, the other takes over, and gives back when the first is there again.</summary>
    private void Unplanned(string name, Action happens, Action ends)
    {
        AwaitInSync();
        happens();
        _masters!.AwaitAlone(FirstAddress + 1);
        Settle(name, UnplannedBar);
        ends();
        _masters.AwaitAlone(FirstAddress);
        Settle($"back after {name}", OrderlyBar);
    }

    private void Orderly()
    {
        AwaitInSync();
        _machines[0]!.Tell("system_powerdown");
        _masters!.AwaitAlone(FirstAddress + 1);
        Settle("orderly power-off", OrderlyBar);
    }

    /// <summary>What one has told is not yet what the other has: the second says when it is.</summary>
    private void AwaitInSync()
    {
        SerialConsole serial = _machines[1]!.Serial;
        serial.Run("until appliance show sync --json | grep -q '\"phase\": *\"in-sync\"'; do sleep 1; done");
    }

    /// <param name="name">What has happened.</param>
    /// <param name="bar">Milliseconds that a session may have waited since the last time.</param>
    /// <param name="answers">That each session is to have had from now on, before it is over.</param>
    private void Settle(string name, int bar, int answers = 0)
    {
        int before = _holding!.Output.Count;
        _holding.Tell(string.Create(CultureInfo.InvariantCulture, $"{name.Replace(' ', '_')} {answers}"));
        _holding.Until(() => _holding.Output.Count > before, "nobody counts the sessions");
        string[] words = _holding.Output.Last().Split(' ');
        double now = MasterTimeline.Now;
        int living = int.Parse(words[1], CultureInfo.InvariantCulture);
        int gap = int.Parse(words[2], CultureInfo.InvariantCulture);
        var phase = new DrillPhase(name, _since, now, living, gap, bar);
        _phases.Add(phase);
        _since = now;
        output.WriteLine(TextOf(phase));
    }

    private static string TextOf(DrillPhase phase) => string.Create(
        CultureInfo.InvariantCulture,
        $"{phase.Name,-28} {phase.Living,4} of {Sessions} sessions, longest wait {phase.GapMilliseconds,5} ms, "
        + $"bar {phase.BarMilliseconds} {(phase.IsGood(Sessions) ? "good" : "NOT GOOD")}");

    private void Judge()
    {
        string folder = Directory.CreateDirectory(RepositoryFiles.PathTo("out", "vm-drill")).FullName;
        File.WriteAllText(
            Path.Combine(folder, "masters.svg"),
            DrillPicture.Draw(_phases, _masters!.Adverts, [FirstAddress, FirstAddress + 1]));
        var verdict = new StringBuilder();
        foreach (DrillPhase phase in _phases) verdict.Append(TextOf(phase)).Append('\n');
        File.WriteAllText(Path.Combine(folder, "verdict.txt"), verdict.ToString());
        foreach (VirtualMachine? machine in _machines)
            File.Copy(machine!.PathOf("serial.log"), Path.Combine(folder, $"{machine.Options.Name}-serial.log"), overwrite: true);
        Assert.All(_phases, phase => Assert.True(phase.IsGood(Sessions), TextOf(phase)));
    }

    private void Start(int machine)
    {
        string seed = _network!.Seed($"pair-{machine}", new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["sync.key"] = Key + "\n", ["pair.pf.conf"] = Ruleset, ["appliance.yaml"] = Configuration(machine),
        });
        _machines[machine]?.Dispose();
        _machines[machine] = _network.Start(machine, options => options with { Seed = seed, Processors = 1 });
    }

    private static string Configuration(int machine) => string.Create(CultureInfo.InvariantCulture, $$"""
        name: vm{{machine}}
        vcpus: 1
        ports:
          lan: {backend: af-packet, device: eth0, addresses: [10.1.0.{{FirstAddress + machine}}/24]}
          wan: {backend: af-packet, device: eth1, addresses: [10.2.0.{{FirstAddress + machine}}/24]}
          sync: {backend: af-packet, device: eth2, addresses: [10.9.0.{{1 + machine}}/24]}
        high-availability:
          preempt: on
          preempt-hold-down-seconds: 15
          carp:
            - {vhid: 1, port: lan, addresses: [10.1.0.254/24], password: drill, advskew: {{100 * machine}}}
            - {vhid: 2, port: wan, addresses: [10.2.0.254/24], password: drill, advskew: {{100 * machine}}}
          sync: {port: sync, peer: 10.9.0.{{2 - machine}}, key-file: sync.key, heartbeat-milliseconds: 50, detect-milliseconds: 500}
        firewall: {ruleset: pair.pf.conf}

        """);
}
