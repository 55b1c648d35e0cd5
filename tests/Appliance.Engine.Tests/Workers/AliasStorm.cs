using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Workers;

/// <summary>
/// Workers with a steering stage and one that keeps a state for each flow, for some flows in another bucket than their key's. Workers
/// breathe in any order, ports take little at once, tables and rules change. Some frames are errors about flows: steered somewhere, then
/// handed off to where the flow's key arrives, and from there on to its state.
/// </summary>
internal sealed class AliasStorm : IDisposable
{
    private const int Flows = 48, FlowAt = 0, NumberAt = 4, FrameBytes = 60, OfError = -1;

    private readonly Random _random;
    private readonly int _seed;
    private readonly WorkerRig _rig;
    private readonly int[] _entered = new int[Flows];
    private readonly int[] _judged = new int[Flows];
    private SteeringRules _rules;
    private BucketMove? _move;
    private SteeringSwap? _swap;
    private uint _number;
    private int _errors;

    public AliasStorm(int seed, int workers)
    {
        _seed = seed;
        _random = new Random(seed);
        _rules = RulesOf(16, workers);
        _rig = new WorkerRig(workers, WorkerRig.FlatPorts(1), Path, new FramePoolSize(4096, 0, 0));
        foreach (int worker in Enumerable.Range(0, workers)) _rig.Queue(0, worker).TakesPerCall = 1 + _random.Next(40);
    }

    /// <summary>Frames that were handed off by an alias.</summary>
    public int Redirected { get; private set; }

    /// <summary>Errors that were handed off twice.</summary>
    public int HandedOffTwice { get; private set; }

    /// <summary>All of a flow arrive at one worker.</summary>
    public void Enter(int flow, int frames)
    {
        int worker = flow % _rig.Workers.Length;
        for (; frames > 0 && _rig.Workers.Sum(each => each.Pool.InFlight) < WithheldFrames.Capacity; frames--)
        {
            Enter(worker, flow, _entered[flow]++);
        }
    }

    /// <summary>At any worker.</summary>
    public void EnterError(int flow)
    {
        if (_rig.Workers.Sum(each => each.Pool.InFlight) >= WithheldFrames.Capacity) return;
        Enter(_random.Next(_rig.Workers.Length), flow, OfError);
        _errors++;
    }

    public void Round()
    {
        for (int i = _random.Next(6); i > 0; i--) Enter(_random.Next(Flows), _random.Next(8));
        if (_random.Next(3) == 0) EnterError(_random.Next(Flows));
        for (int i = _random.Next(2 * _rig.Workers.Length); i > 0; i--) _rig.Workers[_random.Next(_rig.Workers.Length)].Step(WorkerRig.Now);
    }

    /// <summary>Begins a change, unless one is under way.</summary>
    public bool TryChange(bool swap)
    {
        if (_move is { IsDone: false } || _swap is { IsDone: false }) return false;
        if (swap)
        {
            _rules = RulesOf(_rules.Table.Buckets == 16 ? 32 : 16, _rig.Workers.Length);
            _swap = new SteeringSwap(_number + 1, _rules, _rig.Workers.Length);
            _number += SteeringSwap.Numbers;
            Post(_swap);
            return true;
        }

        var table = new IndirectionTable([.. _rules.Table.Owners.Select(
            owner => _random.Next(2) == 0 ? owner : (ushort)_random.Next(_rig.Workers.Length))]);
        _move = new BucketMove(++_number, _rules, table);
        _rules = _move.Rules;
        Post(_move);
        return true;
    }

    public void MustHaveKeptOrder()
    {
        _rig.StepUntilIdle();
        _rig.AssertBalanced();
        Assert.Equal(0, _rig.Workers.Sum(worker => worker.Counters.Dropped));
        Assert.Equal(_entered, _judged);
        Assert.Equal(0, _errors);
        Assert.Equal(Enumerable.Range(0, Flows), _rig.Workers.SelectMany(worker => StatesOf(worker).Flows).Order());
        Assert.True(_move is not { IsDone: false } && _swap is not { IsDone: false }, "A change is still under way.");
    }

    public void Dispose() => _rig.Dispose();

    private static StatesStage StatesOf(Worker worker) => (StatesStage)worker.Path.BucketStates[0];

    private void Enter(int worker, int flow, int number)
    {
        byte[] bytes = new byte[FrameBytes];
        BitConverter.TryWriteBytes(bytes.AsSpan(FlowAt), flow);
        BitConverter.TryWriteBytes(bytes.AsSpan(NumberAt), number);
        _rig.Queue(0, worker).Arrive(bytes);
    }

    private static SteeringRules RulesOf(int buckets, int workers) =>
        new(new ToeplitzHash(RssKey.Microsoft), Symmetric: true, HashTypes.All, IndirectionTable.Even(buckets, workers));

    private static int FlowOf(Frame frame) => BitConverter.ToInt32(frame.Bytes[FlowAt..]);

    private static bool IsError(Frame frame) => BitConverter.ToInt32(frame.Bytes[NumberAt..]) == OfError;

    /// <summary>Who sends it has a key of his own.</summary>
    private static ushort ErrorBucket(int flow, IndirectionTable table) => table.BucketOf((uint)flow * 11);

    private static ushort KeyBucket(int flow, IndirectionTable table) => table.BucketOf((uint)flow * 5);

    /// <summary>Two of three flows have their state elsewhere.</summary>
    private static ushort StateBucket(int flow, IndirectionTable table) => table.BucketOf((uint)((flow * 5) + (flow % 3 * 7)));

    private StageSequence Path(int worker)
    {
        var states = new StatesStage(this, worker);
        return new StageSequence([new KeyStage(this, worker)], [states], [ScriptedStage.LeavingBy(0)], [states]);
    }

    private void Post(IWorkerMail mail)
    {
        foreach (Worker worker in _rig.Workers) Assert.True(worker.TryPost(mail));
    }

    private void Judge(Frame frame)
    {
        Assert.Equal(0, _rig.Workers.Sum(worker => worker.Counters.Dropped));
        if (IsError(frame))
        {
            _errors--;
            const FrameTraits Twice = FrameTraits.Quoting | FrameTraits.Redirected;
            if ((frame.Info.Traits & Twice) == Twice) HandedOffTwice++;
            return;
        }

        int flow = FlowOf(frame), number = BitConverter.ToInt32(frame.Bytes[NumberAt..]);
        Assert.True(number == _judged[flow], $"Seed {_seed}: flow {flow} was judged at {number} where {_judged[flow]} was to come.");
        _judged[flow]++;
    }

    /// <summary>Steers by the flow's number.</summary>
    private sealed class KeyStage(AliasStorm storm, int worker) : IStageOf<SteeringRules>
    {
        private IndirectionTable _table = storm._rules.Table;

        public string Name => "steer";

        public void Adopt(SteeringRules model) => _table = model.Table;

        public void Process(FrameBatch batch, in StageContext context)
        {
            foreach (Frame frame in batch.Frames)
            {
                frame.Info.Bucket = IsError(frame) ? ErrorBucket(FlowOf(frame), _table) : KeyBucket(FlowOf(frame), _table);
                frame.Info.Worker = _table.OwnerOf(frame.Info.Bucket);
                if (frame.Info.Worker != worker) batch.End(frame, Disposition.HandOff);
            }
        }
    }

    /// <summary>Judges the frames of flows whose state is here, and redirects the others.</summary>
    private sealed class StatesStage : IStageOf<SteeringRules>, IBucketState
    {
        private readonly AliasStorm _storm;
        private readonly int _worker;
        private readonly HashSet<ushort> _present = [];
        private IndirectionTable _table;

        public StatesStage(AliasStorm storm, int worker)
        {
            (_storm, _worker, _table) = (storm, worker, storm._rules.Table);
            Reset(_table.Buckets);
            Flows.UnionWith(Enumerable.Range(0, AliasStorm.Flows).Where(flow => _present.Contains(StateBucket(flow, _table))));
        }

        public string Name => "states";

        /// <summary>Whose states are here.</summary>
        public HashSet<int> Flows { get; } = [];

        public void Adopt(SteeringRules model) => _table = model.Table;

        public void Process(FrameBatch batch, in StageContext context)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                Frame frame = batch.Frames[i];
                bool isNew = (frame.Info.Traits & (FrameTraits.Quoting | FrameTraits.Redirected)) == FrameTraits.None;
                if (IsError(frame) && isNew && !TryKeep(batch, i, KeyBucket(FlowOf(frame), _table), context, FrameTraits.Quoting)) continue;
                if (TryKeep(batch, i, StateBucket(FlowOf(frame), _table), context, FrameTraits.Redirected))
                {
                    Assert.True(Flows.Contains(FlowOf(frame)), $"Seed {_storm._seed}: missed.");
                    _storm.Judge(frame);
                    continue;
                }

                _storm.Redirected++;
            }
        }

        public object? Detach(ushort bucket)
        {
            _present.Remove(bucket);
            int[] flows = [.. Flows.Where(flow => StateBucket(flow, _table) == bucket)];
            Flows.ExceptWith(flows);
            return flows.Length > 0 ? flows : null;
        }

        public void Attach(ushort bucket, object? state)
        {
            _present.Add(bucket);
            foreach (int flow in (int[]?)state ?? []) Assert.True(Flows.Add(flow));
        }

        public void Reset(int buckets)
        {
            _present.Clear();
            for (ushort bucket = 0; bucket < buckets; bucket++)
            {
                if (_table.OwnerOf(bucket) == _worker) _present.Add(bucket);
            }
        }

        private bool TryKeep(FrameBatch batch, int index, ushort bucket, in StageContext context, FrameTraits reason) =>
            Redirection.TryKeep(batch, index, bucket, _present.Contains(bucket), _table, _worker, context.Counters, reason);
    }
}
