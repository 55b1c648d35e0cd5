using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Failover;
using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;

namespace Appliance.Node;

/// <summary>
/// Failover of a replay that runs its timers: adverts of the captures are heard, what is due between two frames is said at its own time,
/// and the data plane is the virtual host only as long as the box is master. All of it follows from the captures and the seed. States are
/// shared with nobody: no capture has a peer's answer to a key that was never read.
/// </summary>
internal sealed class ReplayFailover : IFailoverSender, IDisposable
{
    /// <summary>Nanoseconds. In a longer gap the box is taken to have slept: what is due in it is done once, at its end.</summary>
    public const long LongestGap = 600_000_000_000;

    private readonly ApplianceNode _node;
    private readonly ReplayOutput _output;
    private readonly bool _strictMac;
    private readonly FailoverControl _control;
    private readonly bool[] _isGroup = new bool[byte.MaxValue + 1];     // by VHID, of any port
    private readonly List<(PortId Port, byte[] Frame)> _heard = [];
    private readonly MonotonicTime _start;
    private MonotonicTime _reached;

    /// <param name="node">Of a pair. It is strict about MAC addresses, and its virtual hosts are these.</param>
    /// <param name="hosts">At first it is none.</param>
    /// <param name="asked">The options that were asked for.</param>
    /// <param name="output">Where its frames go, stamped with their times.</param>
    /// <param name="start">When the first frame comes.</param>
    public ReplayFailover(ApplianceNode node, VirtualHostTable hosts, NodeOptions asked, ReplayOutput output, MonotonicTime start)
    {
        (_node, _output, _strictMac, _start, _reached) = (node, output, asked.StrictMac, start, start);
        PairSecrets secrets = ReplaySecrets.Of(node.Configuration, asked.Seed);
        FailoverPlan plan = FailoverPlanBuilder.Build(node.Configuration, node.Models.Ports, secrets)
            ?? throw new ArgumentException("The configuration has no pair.", nameof(node));
        var random = KeyedRandom.FromSeed(asked.Seed);
        _control = new FailoverControl(plan, random, new UInt128(asked.Seed, 0), this, static _ => { }, start) { Lease = hosts.Lease };
        foreach (CarpGroupSettings group in plan.Settings.Groups) _isGroup[group.Vhid] = true;
        foreach (PortModel port in node.Configuration.Ports.Where(port => port.IsPhysical))
            _control.OnLink(new PortId((ushort)port.Index), LinkState.Up, start);
    }

    /// <summary>
    /// A frame is about to come in by a physical port. Whatever its MAC address it is taken as addressed to the port, but for that of a
    /// virtual host, which is the port's while the box is master; only CARP's frames are for failover itself.
    /// </summary>
    public void Enter(PortId port, Span<byte> frame)
    {
        if (!_strictMac && EthernetView.TryParse(frame, out EthernetView ethernet) && !ethernet.Destination.IsGroup
            && !IsGroup(ethernet.Destination))
            _node.Models.Ports[port.Index].Mac.WriteTo(frame);
        if (DatagramGlance.TryRead(frame, out DatagramGlance seen) && seen.IsCarp) _heard.Add((port, frame.ToArray()));
    }

    /// <summary>Does what is due until <paramref name="now"/>, each at its time, and hears then what has come in.</summary>
    /// <param name="now">Of the breath.</param>
    /// <param name="at">Told of each time at which something is due, before it is done.</param>
    public void Reach(MonotonicTime now, Action<MonotonicTime> at)
    {
        if ((ulong)(now - _reached) <= LongestGap)                       // two times may be further apart than a long says
        {
            for (MonotonicTime due = Next; due < now; due = Next) Step(due, at);
        }

        Step(now, at);
        foreach ((PortId port, byte[] frame) in _heard) _control.OnFrame(port, frame, now);
        _heard.Clear();
    }

    /// <summary>What became of each group.</summary>
    public ReplayFailoverReport Report() => new(
        [.. _control.Carp.Groups.Select(Report)],
        [.. _control.Carp.Timeline.Entries.Select(moved => new ReplayTransition((moved.Time - _start) / 1e9, moved.ToString()))],
        ReplaySecrets.UnreadGroupsOf(_node.Configuration));

    private ReplayGroup Report(CarpGroup group)
    {
        CarpGroupSettings settings = group.Settings;
        CarpModel asked = _node.Configuration.HighAvailability!.Find(settings.Vhid, settings.Port.Index)!;
        return new ReplayGroup(
            settings.Vhid, group.Port.Name, CarpWords.Of(group.State), settings.Interval, _control.Carp.Ledger.Total,
            [.. asked.Addresses.Select(address => address.ToString())],
            (asked.Peer ?? asked.Peer6 ?? group.Heard?.Source)?.ToString(),
            (long)group.Transitions);
    }

    public void Dispose() => _control.Dispose();

    CarpSendOutcome IFailoverSender.Send(PortId port, ReadOnlySpan<byte> frame)
    {
        _output.Write(port, frame);
        Count(port.Index, frame);
        return CarpSendOutcome.Sent;
    }

    /// <summary>Never one time twice.</summary>
    private MonotonicTime Next
    {
        get
        {
            MonotonicTime due = _control.NextDeadline, soon = _reached + 1;
            return due < soon ? soon : due;
        }
    }

    private bool IsGroup(MacAddress mac) => CarpAddresses.IsVirtual(mac) && _isGroup[(byte)mac.Value];

    private void Step(MonotonicTime now, Action<MonotonicTime> at)
    {
        _reached = now;
        at(now);
        _control.Step(now);
    }

    /// <summary>As what a worker makes: where the frame leaves, and at every port that carries it.</summary>
    private void Count(int physical, ReadOnlySpan<byte> frame)
    {
        WorkerCounters counters = _node.Workers[0].Counters;
        counters.Generated++;
        counters.Transmitted++;
        PortTable ports = _node.Models.Ports;
        if (!TaggedFrames.TryUntag(ports, physical, frame.ToArray(), out int port, out _)) port = physical;
        for (; port != PortFacts.NoParent; port = ports[port].Parent)
        {
            ref PortCounters sent = ref counters.Port(port);
            sent.FramesOut++;
            sent.BytesOut += frame.Length;
        }
    }
}
