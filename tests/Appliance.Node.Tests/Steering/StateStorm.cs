using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node.Tests.Firewall;
using Xunit;

namespace Appliance.Node.Tests.Steering;

/// <summary>
/// Questions go out and their answers come in, which only states let in, while workers breathe in any order and buckets, keys and tables
/// change. Every question must be answered: an answer that finds neither state nor alias is blocked.
/// </summary>
internal sealed class StateStorm : IDisposable
{
    public const string Rules = "block all\npass in on lan\npass out on wan\n";

    private const int Flows = 96;
    private const int MaxUnanswered = 200;              // fewer than any queue between workers holds

    private readonly int _seed;
    private readonly Random _random;
    private readonly Box _box;
    private readonly uint[] _asked = new uint[Flows], _answered = new uint[Flows];
    private readonly List<byte[]> _answers = [];
    private readonly Queue<Worker> _unaware = new();
    private SteeringRules _rules;
    private BucketMove? _move;
    private bool[] _talks = new bool[Flows];
    private bool _hasBegun;
    private int _favourite, _read;

    public StateStorm(int seed, int vcpus, string steering, string rules = Rules)
    {
        _seed = seed;
        _random = new Random(seed);
        _box = new Box(Boxes.Edge + steering + Boxes.Ruleset + rules, vcpus);
        Array.Fill(_talks, true);
        _rules = Node.Steering;
    }

    public ApplianceNode Node => _box.Node;

    public long Asked => _asked.Sum(count => (long)count);

    public int States => Node.Shards().Sum(shard => shard.Count);

    public int Aliases => Node.Shards().Sum(shard => shard.AliasCount);

    /// <summary>Every connection is begun, and each other flow asks once and is answered.</summary>
    public void Begin()
    {
        foreach (int flow in Enumerable.Range(0, Flows).Where(Talk.IsTcp))
        {
            byte[] syn = _box.Send("lan", Talk.Syn(flow)).Forwarded("wan");
            _box.Send("wan", Talk.SynAck(syn)).Forwarded("lan");
            _box.Send("lan", Talk.Ack(flow)).Forwarded("wan");
        }

        _box.Log.Clear();
        for (int flow = 0; flow < Flows; flow++)
        {
            if (!Talk.IsTcp(flow)) Ask(flow);
            MustHaveAnsweredAll();
        }

        _hasBegun = true;
    }

    /// <summary>Only some of the flows without connections ask from here on; what has not been heard of since before ends.</summary>
    public void BeginPhase()
    {
        MustHaveAnsweredAll();
        _hasBegun = true;
        _box.Wait(100_000_000_000);
        _talks = [.. Enumerable.Range(0, Flows).Select(flow => !Talk.IsTcp(flow) && _random.Next(2) == 0)];
    }

    /// <summary>
    /// Some questions and some of the answers enter, and a few workers breathe; for a while one of them far more often than the others.
    /// </summary>
    public void Round()
    {
        for (int questions = _random.Next(24); questions > 0; questions--) Ask(_random.Next(Flows));
        Hear();
        for (int answers = _random.Next(24); answers > 0 && _answers.Count > 0 && _box.Room("wan") > 0; answers--)
        {
            int index = _random.Next(_answers.Count);
            _box.Enter("wan", _answers[index]);
            _answers.RemoveAt(index);
        }

        for (int breaths = 1 + _random.Next(2 * Node.Workers.Length); breaths > 0; breaths--)
        {
            if (_random.Next(3) == 0) Inform();
            Node.Workers[_random.Next(2) == 0 ? _favourite : _random.Next(Node.Workers.Length)].Step(_box.Now);
        }

        if (_random.Next(40) == 0) _favourite = _random.Next(Node.Workers.Length);
    }

    /// <summary>A table made by chance: half of the buckets stay where they are.</summary>
    public IndirectionTable SomeTable() => new(
        [.. Node.Steering.Table.Owners.Select(owner => _random.Next(2) == 0 ? owner : (ushort)_random.Next(Node.Workers.Length))]);

    /// <summary>
    /// Moves buckets, unless some move still: without the node's knowledge, and one worker hears of it after the other, as when the thread
    /// that tells them has to wait for a processor.
    /// </summary>
    public bool TryMove()
    {
        if (_move is { IsDone: false } || _unaware.Count > 0) return false;
        IEnumerable<ushort> owners = _rules.Table.Owners.Select(
            owner => _random.Next(2) == 0 ? owner : (ushort)_random.Next(Node.Workers.Length));
        _move = new BucketMove((_move?.Number ?? 0) + 1, _rules, new IndirectionTable([.. owners]));
        _rules = _move.Rules;
        foreach (Worker worker in Node.Workers.OrderBy(_ => _random.Next())) _unaware.Enqueue(worker);
        return true;
    }

    /// <summary>While the talk goes on, time passes: what has been silent ends.</summary>
    public void LetTimePass()
    {
        MustHaveAnsweredAll(settled: false);
        _box.Wait(100_000_000_000);
    }

    public void Apply(RuntimeModel model) => Node.Apply(model);

    public void Tend() => Node.Tend(_box.Now);

    /// <summary>Everything comes to rest, and every question has been answered once.</summary>
    /// <param name="settled">Changes have come to their end as well.</param>
    public void MustHaveAnsweredAll(bool settled = true)
    {
        while (_unaware.Count > 0) Inform();
        for (int rounds = 0; rounds < 1000; rounds++)
        {
            Node.StepUntilIdle(_box.Now);
            Hear();
            if (_answers.Count == 0) break;
            for (int last = _answers.Count - 1; last >= 0 && _box.Room("wan") > 0; last--)
            {
                _box.Enter("wan", _answers[last]);
                _answers.RemoveAt(last);
            }
        }

        Box.MustBeSettled(Node);
        Assert.True(!settled || (Node.IsSteeringSettled && _move is not { IsDone: false }), "A change is still under way.");
        string drops = string.Join(", ", Node.ReadAccounts().Drops.Where(drop => drop.Value > 0));
        Assert.True(Node.ReadAccounts().Dropped == 0, $"Seed {_seed}: dropped {drops}.");
        Assert.Equal(_asked, _answered);
        _box.Log.Clear();
        _read = 0;
    }

    /// <summary>Everybody is silent until all states have ended: then nothing is left of them anywhere.</summary>
    public void MustEndWithoutTrace()
    {
        MustHaveAnsweredAll();
        _box.Wait(90_000_000_000_000);
        Node.StepUntilIdle(_box.Now);
        AnyKeyTests.MustBeEmpty(Node);
    }

    public void Dispose() => _box.Dispose();

    private void Ask(int flow)
    {
        long unanswered = Asked - _answered.Sum(count => (long)count);
        if (!_talks[flow] || unanswered >= MaxUnanswered || _box.Room("lan") == 0) return;
        _box.Enter("lan", Talk.Question(flow, _asked[flow]++));
    }

    private void Inform()
    {
        if (_unaware.TryDequeue(out Worker? worker)) Assert.True(worker.TryPost(_move!));
    }

    /// <summary>What has left: questions are to be answered, answers have arrived.</summary>
    private void Hear()
    {
        for (; _read < _box.Log.Sent.Count; _read++)
        {
            byte[] frame = _box.Log.Sent[_read].Bytes;
            (int flow, _, uint kind) = Talk.MarkOf(frame);
            if (kind == Talk.IsAnswer) _answered[flow]++;
            else _answers.Add(Talk.Answer(frame, isError: _hasBegun && _random.Next(6) == 0));
        }
    }
}
