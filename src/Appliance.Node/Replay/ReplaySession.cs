using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Firewall;
using Appliance.Wire.Pcap;

namespace Appliance.Node;

/// <summary>
/// Runs captures through a node on a virtual clock: the timestamps of the captures are the time, bursts are breaths, and nothing depends
/// on the machine. The same captures, workers and options give the same bytes and the same accounts.
/// </summary>
public sealed class ReplaySession : IDisposable
{
    private readonly ApplianceNode _node;
    private readonly NodeOptions _nodeOptions;
    private readonly ReplayOptions _options;
    private readonly ReplayOutput _output;
    private readonly ReplayFeed _feed;
    private readonly ArrivalPort _arrival;
    private readonly MemoryInbox[] _inboxes;
    private readonly TimelineRecorder _timeline;
    private readonly VerdictRecorder? _verdicts;                        // null unless asked for
    private readonly ScratchFrame _scratch;
    private readonly BreathOrder? _order;                               // null where no states are kept
    private readonly NatFollower? _follower;                            // null unless asked for
    private readonly VirtualHostTable? _hosts;                          // null: it is all that are configured, and nothing is due
    private ReplayFailover? _failover;                                  // null as the hosts, and before the first frame
    private readonly byte[] _frame = new byte[LinkLayerFraming.DestinationLength];

    public ReplaySession(
        RuntimeModel configuration, NodeOptions nodeOptions, ReplayOptions options, ImmutableArray<ReplayInput> inputs, ReplayOutput output)
    {
        _nodeOptions = nodeOptions;
        if (options.RunsTimers && configuration.HighAvailability is not null) _hosts = new VirtualHostTable();
        _node = new ApplianceNode(
            configuration, _hosts is null ? nodeOptions : nodeOptions with { VirtualHosts = _hosts, StrictMac = true });
        _options = options;
        _output = output;
        _feed = new ReplayFeed(inputs);
        _arrival = new ArrivalPort(() => _node.Models.Routing);
        _inboxes = [.. _node.Workers.Select(worker => new MemoryInbox(worker.Pool, ReplayOptions.MaxBurstFrames))];
        _timeline = new TimelineRecorder(_node);
        if (options.RecordsVerdicts) _verdicts = new VerdictRecorder(inputs.Length, output);
        _scratch = new ScratchFrame(_node.Models.Ports);
        if (_node.Models.Firewall.IsOn) _order = new BreathOrder(_scratch);
        if (options.FollowsNat) _follower = new NatFollower(_scratch);
        foreach (PortModel port in configuration.Ports.Where(port => port.IsPhysical))
            Attach(port);
        foreach (Worker worker in _node.Workers)
            worker.Trace = _verdicts;
    }

    public ApplianceNode Node => _node;

    /// <summary>By input: what its frames so far were like.</summary>
    public ImmutableArray<InputCensus> Censuses => _feed.Censuses;

    /// <summary>Where logged packets go, with their numbers; null: they are counted only.</summary>
    public Action<LogEntry>? Log { get; init; }

    /// <summary>Replays all there is.</summary>
    /// <param name="progress">Called with the frames read so far, when a burst has arrived and before anybody has looked at it.</param>
    public ReplayReport Run(Action<long>? progress = null)
    {
        long first = 0, last = 0, bursts = 0, frames = 0;
        while (_feed.Next() is { } source)
        {
            if (bursts == 0)
            {
                first = _feed.TimeOf(source);
                if (_hosts is not null) _failover = new ReplayFailover(_node, _hosts, _nodeOptions, _output, new MonotonicTime(first));
            }

            (last, int entered) = TakeBurst(source);
            frames += entered;
            var now = new MonotonicTime(last);
            _failover?.Reach(now, at => Reach(first, at));
            Reach(first, now);
            bursts++;
            progress?.Invoke(frames);
            _node.StepUntilIdle(now);
            _order?.Settle();
            _follower?.Settle();
            _node.ReadLog(Log is null ? null : entry => Log(entry with { Packet = PacketOf(entry.Ordinal) }));
        }

        _output.Flush();
        NodeAccounts accounts = _node.ReadAccounts();
        return new ReplayReport
        {
            Accounts = accounts,
            Sums = VerdictSums.Of(accounts, _node.Configuration),
            HasRuleset = _node.Models.Firewall.IsOn,
            PortNames = [.. _node.Configuration.Ports.Select(port => port.Name)],
            Inputs = _feed.Accounts,
            CaptureSeconds = (ulong)(last - first) / 1e9,               // unsigned: two times may be further apart than a long says
            Timeline = _timeline.Finish(),
            Verdicts = _verdicts?.Finish(),
            Log = _node.ReadLogAccounts(),
            Rules = _node.ReadRules(),
            Failover = _failover?.Report(),
            States = _options.ReadsStates ? ReadStates(new MonotonicTime(last)) : null,
        };
    }

    public void Dispose()
    {
        _failover?.Dispose();
        _scratch.Dispose();
        _node.Dispose();
    }

    /// <summary>Nothing before <paramref name="now"/> happens any more.</summary>
    private void Reach(long first, MonotonicTime now)
    {
        _output.Now = now;
        _timeline.Reach(first, now.Nanoseconds);
    }

    private IReadOnlyList<StateEntry> ReadStates(MonotonicTime now)
    {
        StateReading reading = _node.ReadStates();
        while (!reading.IsDone) _node.StepUntilIdle(now);
        return reading.States;
    }

    private static (int Input, long Number) PacketOf(long ordinal) => (FrameOrdinal.InputOf(ordinal), FrameOrdinal.NumberOf(ordinal));

    private void Attach(PortModel port)
    {
        PortFacts facts = _node.Models.Ports[port.Index];
        var id = new PortId((ushort)port.Index);
        ITransmitSink sink = (ITransmitSink?)_verdicts ?? _output;
        if (_follower is not null) sink = new FollowedSink(_follower, sink);
        var memory = new MemoryPort(id, port.Name, facts.Mac, port.MtuBytes, worker => _inboxes[worker], sink);
        foreach (Worker worker in _node.Workers)
            worker.Attach(id, memory.OpenQueue(worker.Id, worker.Pool));
    }

    /// <summary>Puts the records that belong to one breath into the inboxes; answers the breath's time and how many they were.</summary>
    private (long Time, int Frames) TakeBurst(ReplayFeed.Source source)
    {
        long opened = _feed.TimeOf(source);
        long time = opened;
        int frames = 0;
        for (ReplayFeed.Source? next = source; next is not null && frames < _options.BurstFrames; next = _feed.Next())
        {
            long at = _feed.TimeOf(next);
            if ((ulong)(at - opened) > (ulong)_options.BurstMicroseconds * 1000 || MustWait(next)) break;
            Enter(next);
            _feed.Take(next);
            time = at;
            frames++;
        }

        return (time, frames);
    }

    private FramingOutcome Frame(ReplayFeed.Source source, out int length) =>
        LinkLayerFraming.Frame(source.Record, _node.Models.Ports[source.Input.Ports[0]].Mac, _frame, out length);

    private bool MustWait(ReplayFeed.Source source)
    {
        if (_order is null || Frame(source, out int length) != FramingOutcome.Framed) return false;
        ReadOnlySpan<byte> frame = _frame.AsSpan(0, length);
        return _order.MustWait(frame, _arrival.Choose(source.Input.Ports, frame));
    }

    private void Enter(ReplayFeed.Source source)
    {
        int port = source.Input.Ports[0];
        long ordinal = FrameOrdinal.Of(source.Index, source.Frames);
        FramingOutcome outcome = Frame(source, out int length);
        if (outcome != FramingOutcome.Framed) length = 0;
        else port = Admit(source, _frame.AsSpan(0, length), ordinal);

        Worker worker = _node.Workers[_node.Configuration.Ports[port].Ordinal % _node.Workers.Length];
        MemoryInbox inbox = _inboxes[worker.Id];
        if (!inbox.TryRent(length, out Frame frame)) throw new InvalidOperationException("A worker's pool is smaller than a burst.");
        _frame.AsSpan(0, length).CopyTo(frame.Bytes);
        DropReason refusal = outcome == FramingOutcome.Framed ? DropReason.None : Framing.ReasonOf(outcome);
        if (refusal != DropReason.None) frame.Drop(refusal);
        frame.Info.Ordinal = ordinal;
        _verdicts?.Enter(source.Index, refusal);
        inbox.TryAdd(frame, new PortId((ushort)port));
    }

    /// <summary>Chooses the port where a frame enters, and counts what it is like there.</summary>
    private int Admit(ReplayFeed.Source source, Span<byte> frame, long ordinal)
    {
        int port = _arrival.Choose(source.Input.Ports, frame);
        _order?.Enter(frame, port);
        _follower?.Enter(frame, port, ordinal);
        if (_follower is not null) port = _arrival.Choose(source.Input.Ports, frame);
        _failover?.Enter(new PortId((ushort)port), frame);
        if (!DatagramGlance.TryRead(frame, out DatagramGlance seen)) return port;
        source.Census.CountSource(port, _arrival.HomeOf(seen.Source, port));
        if (seen.Bytes > _node.Models.Ports[port].MtuBytes) source.Census.CountOverMtu(seen.Bytes);
        return port;
    }

    private sealed class FollowedSink(NatFollower follower, ITransmitSink next) : ITransmitSink
    {
        public void OnTransmit(PortId port, Frame frame)
        {
            follower.Leave(frame);
            next.OnTransmit(port, frame);
        }
    }
}
