using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// One appliance in memory. Frames go in at its ports, a burst a breath as in a replay; what left and what was counted comes back. After
/// every burst the accounts are balanced and every frame is home, or the test fails.
/// <code>
///     using var box = new Box(Boxes.Edge);
///     byte[] left = box.Send("lan", frame).Forwarded("wan");
/// </code>
/// </summary>
internal sealed class Box : IDisposable
{
    public const int BurstFrames = 64;

    private readonly TransmitLog _log = new();
    private readonly MemoryInbox[] _inboxes;

    public Box(string yaml, int vcpus = 1, Func<NodeOptions, NodeOptions>? edit = null)
    {
        var options = new NodeOptions { Workers = vcpus };
        Node = new ApplianceNode(ModelOf(yaml), edit?.Invoke(options) ?? options);
        _inboxes = [.. Node.Workers.Select(worker => new MemoryInbox(worker.Pool, BurstFrames))];
        foreach (PortModel port in Node.Configuration.Ports.Where(port => port.IsPhysical))
            Attach(port);
    }

    public ApplianceNode Node { get; }

    /// <summary>What has left since the last <see cref="Send(IReadOnlyList{ValueTuple{string, byte[]}})"/> began.</summary>
    public TransmitLog Log => _log;

    public MonotonicTime Now { get; private set; } = new(1_000_000_000);

    /// <summary>Behind <see cref="Boxes.Ruleset"/> stands the ruleset that the configuration names.</summary>
    public static RuntimeModel ModelOf(string yaml)
    {
        string[] parts = yaml.Split(Boxes.Ruleset, 2);
        RulesetTexts rulesets = new RulesetTexts().With("box.pf.conf", parts.Length > 1 ? parts[1] : "");
        ConfigurationResult result = ConfigurationLoader.LoadText(
            parts.Length > 1 ? parts[0] + "firewall: {ruleset: box.pf.conf}\n" : yaml, "box.yaml", rulesets);
        Assert.Empty(result.Errors);
        return result.Model!;
    }

    public Box Wait(long nanoseconds)
    {
        Now += nanoseconds;
        return this;
    }

    public Seen Send(string port, params byte[][] frames) => Send([.. frames.Select(frame => (port, frame))]);

    public Seen Send(IReadOnlyList<(string Port, byte[] Frame)> frames)
    {
        NodeAccounts before = Node.ReadAccounts();
        _log.Clear();
        if (frames.Count == 0) Node.StepUntilIdle(Now);                 // what has come otherwise
        foreach ((string Port, byte[] Frame)[] burst in frames.Chunk(BurstFrames))
        {
            foreach ((string port, byte[] frame) in burst)
                Enter(port, frame);
            Node.StepUntilIdle(Now);
        }

        NodeAccounts after = MustBeSettled(Node);
        return new Seen([.. _log.Sent.Select(sent => (NameOf(sent.Port.Index), sent.Bytes))], before, after, NameOf);
    }

    /// <summary>Frames that may still enter before the worker that reads the port has to breathe.</summary>
    public int Room(string port) => BurstFrames - _inboxes[Node.Configuration.FindPort(port)!.Ordinal % _inboxes.Length].Count;

    /// <summary>Puts a frame before the worker that reads the port, without a breath.</summary>
    public void Enter(string port, byte[] bytes)
    {
        PortModel model = Node.Configuration.FindPort(port)!;
        MemoryInbox inbox = _inboxes[model.Ordinal % _inboxes.Length];
        Assert.True(inbox.TryRent(bytes.Length, out Frame frame), "The pool is empty.");
        bytes.CopyTo(frame.Bytes);
        Assert.True(inbox.TryAdd(frame, new PortId((ushort)model.Index)), "The inbox is full.");
    }

    /// <summary>Nothing is held anywhere, and each frame that came or was made is accounted for once. Answers those accounts.</summary>
    public static NodeAccounts MustBeSettled(ApplianceNode node)
    {
        NodeAccounts accounts = node.ReadAccounts();
        Assert.Equal(accounts.Received + accounts.Generated, accounts.Transmitted + accounts.Dropped + accounts.Consumed);
        Assert.Equal(0, node.FramesHeld);
        Assert.All(node.Workers, worker => Assert.Equal(0, worker.Pool.InFlight));
        Assert.Equal(accounts.Received, accounts.Vcpus.Sum(vcpu => vcpu.Frames));
        IEnumerable<PortModel> physical = node.Configuration.Ports.Where(port => port.IsPhysical);
        Assert.Equal(accounts.Received, physical.Sum(port => accounts.Ports[port.Index].FramesIn));
        Assert.Equal(accounts.Transmitted, physical.Sum(port => accounts.Ports[port.Index].FramesOut));
        Assert.Equal(accounts.Vcpus.Sum(vcpu => vcpu.Bytes), physical.Sum(port => accounts.Ports[port.Index].BytesIn));
        return accounts;
    }

    public void Dispose() => Node.Dispose();

    private string NameOf(int port) => Node.Configuration.Ports[port].Name;

    /// <summary>Another configuration, in which ports keep their numbers.</summary>
    public void Apply(string yaml) => Node.Apply(PortNumbering.Keep(ModelOf(yaml), Node.Configuration));

    /// <summary>Gives a port its device, as the program does while frames flow; nobody has it before he breathes.</summary>
    public void AttachSoon(string port)
    {
        PortModel model = Node.Configuration.FindPort(port)!;
        var id = new PortId((ushort)model.Index);
        Node.Attach(new MemoryPort(
            id, model.Name, Node.Models.Ports[model.Index].Mac, model.MtuBytes, worker => _inboxes[worker], _log));
    }

    public void Attach(string port)
    {
        AttachSoon(port);
        Node.StepUntilIdle(Now);
    }

    private void Attach(PortModel port)
    {
        var id = new PortId((ushort)port.Index);
        var memory = new MemoryPort(id, port.Name, Node.Models.Ports[port.Index].Mac, port.MtuBytes, worker => _inboxes[worker], _log);
        foreach (Worker worker in Node.Workers)
            worker.Attach(id, memory.OpenQueue(worker.Id, worker.Pool));
    }
}
