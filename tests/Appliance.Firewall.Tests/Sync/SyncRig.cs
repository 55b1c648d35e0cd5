using Appliance.Engine;
using Appliance.Wire.Ip;

namespace Appliance.Firewall.Tests;

/// <summary>
/// Two workers, each the only one of its appliance, who share states by records: the first writes, the second reads. Their rulesets may
/// differ; the key of their digests does not.
/// </summary>
internal sealed class SyncRig : IFlowJournal, IDisposable
{
    public const int Buckets = 16;
    public const long Second = 1_000_000_000;

    private const string PlainRules = "pass all label plain\n";

    private readonly List<(int Bucket, FlowChange Change, byte[] Record)> _written = [];
    private readonly FramePool _pool = new(0, new FramePoolSize(16, 0, 0));
    private readonly WorkerCounters _counters = new(4), _otherCounters = new(4);
    private ushort _lastPort = 1000;

    public SyncRig(string rules = PlainRules, string? otherRules = null, Func<FirewallPort, FirewallPort>? rename = null)
    {
        First = Open(rules, seed: 1);
        Other = Open(otherRules ?? rules, seed: 2, rename);
        First.Synchronize(new FlowSync(this, KeyedRandom.FromSeed(7), Creator: 1));
        Other.Synchronize(new FlowSync(new Nobody(), KeyedRandom.FromSeed(7), Creator: 2));
    }

    public MonotonicTime Now { get; set; } = new(1000 * Second);

    /// <summary>Whether what is written is kept.</summary>
    public bool IsRecording { get; set; } = true;

    public FirewallShard First { get; }

    public FirewallShard Other { get; }

    public IFlowReplica Replica => Other;

    public IFlowReplica Giver => First;

    public IReadOnlyList<(int Bucket, FlowChange Change, byte[] Record)> Written => _written;

    /// <summary>Makes a state as a rule's judgement does.</summary>
    public int Make(
        IpProtocol protocol, bool isV6 = false, bool isTranslated = false, FlowDirection direction = FlowDirection.In, ushort bucket = 3,
        ushort port = FlowKey.AnyPort, Action<FlowRecord[]>? edit = null)
    {
        UInt128 near = isV6 ? ((UInt128)0x2001_0db8 << 96) | 1 : 0xc0a8_010a, far = isV6 ? ((UInt128)0x2001_0db8 << 96) | 2 : 0xc633_6407;
        var wire = new FlowKey(isV6, protocol, near, ++_lastPort, far, 443, port);
        FlowKey stack = isTranslated ? wire with { Inside = far + 1, InsidePort = 80 } : wire;
        var flow = new NewFlow(wire, stack, direction, bucket, TimeoutSeconds: 60);
        First.Collect(Context);
        if (!First.TryOpen(flow, Now, out int index, out DropReason refused)) throw new InvalidOperationException($"refused: {refused}");
        ref FlowRecord state = ref First.Table![index];
        (state.Id, state.Port) = (First.NextStateId(), port == FlowKey.AnyPort ? (ushort)1 : port);
        (state.Rule, state.Ruleset, state.TranslationRule) = (0, First.Generation, PackedRule.None);
        if (isTranslated) state.Flags |= FlowFlags.Translated;
        Begin(ref state);
        var copy = new[] { state };
        edit?.Invoke(copy);
        (state.Tracker, state.Pair, state.Flags, state.Tag) = (copy[0].Tracker, copy[0].Pair, copy[0].Flags, copy[0].Tag);
        (state.ForwardPackets, state.ForwardBytes, state.ReversePackets) = (3, 300, 2);
        First.Note(index);
        return index;
    }

    /// <summary>The other makes one of its own.</summary>
    public int MakeAtOther(in NewFlow flow)
    {
        Other.Collect(OtherContext);
        if (!Other.TryOpen(flow, Now, out int index, out DropReason refused)) throw new InvalidOperationException($"refused: {refused}");
        Begin(ref Other.Table![index]);
        return index;
    }

    /// <summary>The end of the first worker's breath.</summary>
    public SyncRig Breathe()
    {
        First.Collect(Context);
        First.Fire(Context);
        return this;
    }

    /// <summary>The same; whether there was anything to do.</summary>
    public bool BreathesBusily()
    {
        First.Collect(Context);
        return First.Fire(Context) > 0;
    }

    /// <summary>All that was written comes to the other worker; what became of it.</summary>
    public FlowAdoption[] Deliver()
    {
        Breathe();
        Other.Collect(OtherContext);
        FlowAdoption[] outcomes = [.. _written.Select(note => Replica.Adopt(note.Bucket, note.Change, note.Record, Now))];
        _written.Clear();
        return outcomes;
    }

    public void Forget() => _written.Clear();

    /// <summary>The other's state of a state's keys; <see cref="FlowRecord.Nobody"/>: it has none.</summary>
    public int Find(in FlowRecord state)
    {
        FlowHit hit = Other.Table?.FindExactly(state.Bucket, state.Wire, FlowSide.Wire) ?? default;
        return hit.IsState ? hit.Index : FlowRecord.Nobody;
    }

    public bool AreEqual(int bucket = 3) => Giver.DigestOf(bucket) == Replica.DigestOf(bucket);

    public bool TryWrite(int bucket, FlowChange change, ReadOnlySpan<byte> record)
    {
        if (IsRecording) _written.Add((bucket, change, record.ToArray()));
        return true;
    }

    public void FireOther()
    {
        Other.Collect(OtherContext);
        while (Other.Fire(OtherContext) > 0)
        {
        }
    }

    public void Dispose()
    {
        First.Dispose();
        Other.Dispose();
        _pool.Dispose();
    }

    private StageContext Context => new(Now, 0, _counters, _pool, new FrameSource(_pool, _counters), null);

    private StageContext OtherContext => new(Now, 0, _otherCounters, _pool, new FrameSource(_pool, _otherCounters), null);

    private static void Begin(ref FlowRecord state)
    {
        switch (FlowEdges.KindOf(state))
        {
            case TrackKind.Tcp:
                var syn = new TcpSegmentFacts(1000, 0, Wire.Transport.TcpFlags.Syn, 500, 0);
                state.Tracker.As<TcpTrack>() = TcpTracker.Create(syn, sloppy: false);
                break;
            case TrackKind.Sctp:
                state.Tracker.As<SctpTrack>().Timeout = StateTimeout.SctpFirst;
                break;
            case TrackKind.Icmp or TrackKind.Icmpv6:
                state.Tracker.As<IcmpTrack>() = IcmpTrack.Create();
                break;
            default:
                state.Pair = PairTrack.Create(state.Wire.Protocol == IpProtocol.Udp);
                break;
        }
    }

    private static FirewallShard Open(string text, ulong seed, Func<FirewallPort, FirewallPort>? rename = null)
    {
        ResolvedRuleset rules = Gateway.Good(text);
        if (rename is not null) rules = rules with { Ports = new FirewallPorts(rules.Ports.All.Select(rename)) };
        var model = new FirewallModel
        {
            IsOn = true,
            Rules = CompiledRuleset.Compile(rules.Rules),
            Names = FlowNames.Of(rules),
            Routes = new Gateway(),
            Random = KeyedRandom.FromSeed(seed),
        };
        var steering = new SteeringRules(
            new ToeplitzHash(RssKey.Microsoft), Symmetric: true, HashTypes.All, IndirectionTable.Even(Buckets, 1));
        var sharing = new StateSharing(
            1, new StateLimits(100_000, AdaptiveTimeouts.Off), new PortClaims(KeyedRandom.FromSeed(seed)), new FlowWays());
        return new FirewallShard(0, model, steering, sharing, new PathEpoch());
    }

    private sealed class Nobody : IFlowJournal
    {
        public bool TryWrite(int bucket, FlowChange change, ReadOnlySpan<byte> record) =>
            throw new InvalidOperationException("Who only hears tells nothing.");
    }
}
