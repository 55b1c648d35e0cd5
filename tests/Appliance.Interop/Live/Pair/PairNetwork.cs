using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Appliance.Management;
using Appliance.Ports.Linux;
using Appliance.Tests;

namespace Appliance.Interop.Live;

/// <summary>
/// Two appliances side by side between two hosts that know their virtual addresses only.
/// <code>
///     lan  10.1.0.2, fd01::2 ──┐           ┌ A 10.1.0.11 · 10.2.0.11 ┐           ┌── wan  10.2.0.2, fd02::2
///                              ├ switch ───┤       │ sync 10.9.0.1/2 ├─── switch ┤
///          10.1.0.254, fd01::fe┘           └ B 10.1.0.12 · 10.2.0.12 ┘           └10.2.0.254, fd02::fe
/// </code>
/// </summary>
internal sealed class PairNetwork : IDisposable
{
    public const string LanGateway = "10.1.0.254", WanGateway = "10.2.0.254";
    public const string LanGatewayV6 = "fd01::fe", WanGatewayV6 = "fd02::fe";

    /// <summary>
    /// Of the lane, in both configurations: nothing is given away for a tenth of a second that the machine keeps from a box. Tests here say
    /// who moves whom; how soon, the drills say.
    /// </summary>
    public const string Detection = "detect-milliseconds: 400";

    private const string Key = "6b65792d6f662d74686520706169722c2074686520736165206f6e20626f7468";

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder = new();
    private readonly List<Background> _running = [];
    private readonly Background?[] _latest = new Background?[2];        // by box
    private readonly ControlClient[] _clients;                          // by box

    public PairNetwork()
    {
        Switch = new Host("switch");
        Lan = new Host("lan");
        Wan = new Host("wan");
        Boxes = [new Host("a"), new Host("b")];
        foreach (string bridge in (string[])["lan", "wan"])
            Switch.Ip("link", "add", bridge, "up", "type", "bridge", "mcast_snooping", "0", "forward_delay", "0");
        Connect(Lan, "eth0", "lan", "to-lan");
        Connect(Wan, "eth0", "wan", "to-wan");
        for (int box = 0; box < Boxes.Length; box++)
        {
            Connect(Boxes[box], "eth0", "lan", $"lan-{box}");
            Connect(Boxes[box], "eth1", "wan", $"wan-{box}");
        }

        Host.Connect(Boxes[0], "eth2", Boxes[1], "eth2");
        Give(Lan, "10.1.0.2/24", "fd01::2/64", LanGateway, LanGatewayV6);
        Give(Wan, "10.2.0.2/24", "fd02::2/64", WanGateway, WanGatewayV6);
        for (int box = 0; box < Boxes.Length; box++) WriteKey(box, Key);
        _clients = [new(SocketOf(0)), new(SocketOf(1))];
    }

    public Host Switch { get; }

    public Host Lan { get; }

    public Host Wan { get; }

    /// <summary>A and B.</summary>
    public Host[] Boxes { get; }

    public TemporaryFolder Folder => _folder;

    /// <summary>
    /// Whether each box runs on a processor of its own, as two machines do. Else the workers of both, each of which is bound to the first
    /// processor, have one between them.
    /// </summary>
    public bool HaveOwnProcessors { get; init; }

    /// <summary>Starts one of the boxes; the first is the better master.</summary>
    /// <param name="edit">Of what <see cref="Configure"/> says.</param>
    public Background Run(int box, bool hasLane = true, Func<string, string>? edit = null)
    {
        Write(box, hasLane, edit);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["STATE_DIRECTORY"] = _folder[$"state{box}"] };
        string[] program = [ApplianceProgram.File, "run", "--config", FileOf(box)];
        ImmutableArray<int> processors = ProcessorAffinity.Allowed();
        string own = processors[box % processors.Length].ToString(CultureInfo.InvariantCulture);
        string[] command = HaveOwnProcessors ? ["taskset", "-c", own, .. program] : program;
        Background appliance = Boxes[box].StartService(environment, command[0], command[1..]);
        _running.Add(appliance);
        _latest[box] = appliance;
        appliance.AwaitLine("running: ");
        return appliance;
    }

    /// <summary>What a box reads at its start and when it is told to.</summary>
    public void Write(int box, bool hasLane = true, Func<string, string>? edit = null) =>
        _folder.Write($"box{box}.yaml", (edit ?? (text => text))(Configure(box, hasLane)));

    public void WriteKey(int box, string key, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        _folder.Write($"sync{box}.key", key + "\n");
        File.SetUnixFileMode(_folder[$"sync{box}.key"], mode);
    }

    public string FileOf(int box) => _folder[$"box{box}.yaml"];

    public string SocketOf(int box) => _folder[$"box{box}.sock"];

    /// <summary>What a verb of the program answers about a box.</summary>
    public JsonElement Ask(int box, params string[] verb) =>
        JsonDocument.Parse(ApplianceProgram.Succeed([.. verb, "--json", "--socket", SocketOf(box)]).Output).RootElement;

    /// <summary>What a box answers at a path of its control socket. No program is started for that: it may be asked all the time.</summary>
    public JsonElement See(int box, string path)
    {
        using var limit = new CancellationTokenSource(LongestAnswer);
        return JsonDocument.Parse(_clients[box].GetAsync(path, limit.Token).GetAwaiter().GetResult()).RootElement;
    }

    /// <summary>Has a box do something, by a path of its control socket.</summary>
    public void Tell(int box, string path)
    {
        using var limit = new CancellationTokenSource(LongestAnswer);
        _clients[box].PostAsync(path, [], limit.Token).GetAwaiter().GetResult();
    }

    /// <summary>The states of all groups of a box, each once.</summary>
    public string StatesOf(int box) => string.Join(' ', See(box, "show/carp").EnumerateArray()
        .Select(group => group.GetProperty("state").GetString()!).Distinct(StringComparer.Ordinal));

    /// <summary>Waits until one box has everything and the other, if it runs, nothing.</summary>
    public void AwaitMaster(int box) =>
        Eventually.Is(() => StatesOf(box) == "MASTER" && (_latest[1 - box] is null or { HasEnded: true } || StatesOf(1 - box) == "BACKUP"));

    /// <summary>How often each group of each box has moved.</summary>
    public string Transitions() => string.Join(' ', Enumerable.Range(0, 2).SelectMany(box =>
        See(box, "show/carp").EnumerateArray().Select(group => group.GetProperty("transitions").GetInt64())));

    public long Counter(int box, string name) => See(box, "carp/status").GetProperty("counters").GetProperty(name).GetInt64();

    public void Dispose()
    {
        foreach (ControlClient client in _clients) client.Dispose();
        foreach (Background program in _running) program.Dispose();
        foreach (Host host in (Host[])[Lan, Wan, .. Boxes, Switch]) host.Dispose();
        _folder.Dispose();
    }

    private static string Configure(int box, bool hasLane)
    {
        int self = 11 + box, other = 2 - box, skew = 100 * box;
        string lane = hasLane ? $"  sync: {{port: sync, peer: 10.9.0.{other}, key-file: sync{box}.key, {Detection}}}\n" : "";
        return string.Create(CultureInfo.InvariantCulture, $$"""
            vcpus: 1
            management: {socket: box{{box}}.sock}
            ports:
              lan: {backend: af-packet, device: eth0, addresses: [10.1.0.{{self}}/24, "fd01::{{self}}/64"], host-path: off}
              wan: {backend: af-packet, device: eth1, addresses: [10.2.0.{{self}}/24, "fd02::{{self}}/64"], host-path: off}
              sync: {backend: af-packet, device: eth2, addresses: [10.9.0.{{1 + box}}/24], host-path: off}
            high-availability:
              preempt: on
              preempt-hold-down-seconds: 1
              carp:
                - {vhid: 1, port: lan, addresses: [10.1.0.254/24, "fd01::fe/64"], password: sesame, advskew: {{skew}}}
                - {vhid: 2, port: wan, addresses: [10.2.0.254/24, "fd02::fe/64"], password: sesame, advskew: {{skew}}}
            {{lane}}
            """);
    }

    private void Connect(Host host, string device, string bridge, string port)
    {
        Host.Connect(host, device, Switch, port);
        Switch.Ip("link", "set", port, "master", bridge);
    }

    private static void Give(Host host, string v4, string v6, string gateway, string gatewayV6)
    {
        host.AddAddress("eth0", v4);
        host.AddAddress("eth0", v6);
        host.Ip("route", "add", "default", "via", gateway);
        host.Ip("-6", "route", "add", "default", "via", gatewayV6);
    }
}
