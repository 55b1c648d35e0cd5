using Appliance.Configuration;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Steering;

/// <summary>States, and what leads to them, while whoever owns them changes.</summary>
public sealed class StatesThatMoveTests(ITestOutputHelper output)
{
    private const string Foreign = "vrss: {key: microsoft, rebalance: off}\n", Own = "vrss: {rebalance: off}\n";

    private const string Nat = "nat on wan inet from 192.168.1.0/24 to any -> (wan)\n" + StateStorm.Rules;

    private const string InOnly = "block all\npass in on lan\npass out on wan no state\npass in on wan no state\n";

    /// <summary>Both directions keep state where they come in: the answers' states belong to the questions' buckets.</summary>
    private const string EachIn = 
        "block all\npass in on lan\npass in on wan\npass in on wan proto tcp flags any no state\npass out on wan no state\n";

    [Theory]
    [InlineData(2, Foreign, StateStorm.Rules)]
    [InlineData(4, Foreign, StateStorm.Rules)]
    [InlineData(8, Foreign, StateStorm.Rules)]
    [InlineData(4, Foreign, InOnly)]
    [InlineData(4, Foreign, EachIn)]
    [InlineData(4, Foreign, Nat)]
    [InlineData(4, Own, Nat)]
    public void Buckets_move_while_states_are_made_and_end_and_no_answer_misses_its_state(int vcpus, string steering, string rules)
    {
        int first = TestSize.Seed(1), moves = 0, mostAliases = 0;
        long asked = 0;
        for (int seed = first; seed < first + TestSize.Of(person: 2, server: 12, soak: 200); seed++)
        {
            using var storm = new StateStorm(seed, vcpus, steering, rules);
            for (int phase = 0; phase < 8; phase++)
            {
                storm.BeginPhase();
                for (int round = 0; round < 300; round++)
                {
                    storm.Round();
                    if (storm.TryMove()) moves++;
                }

                storm.MustHaveAnsweredAll();
                mostAliases = Math.Max(mostAliases, storm.Aliases);
            }

            storm.MustEndWithoutTrace();
            asked += storm.Asked;
        }

        output.WriteLine($"{moves:N0} moves, {asked:N0} questions, at most {mostAliases} aliases");
        Assert.True(moves > 100, $"only {moves} moves");
        Assert.True(mostAliases > 20 || steering == Own, $"only {mostAliases} aliases");
    }

    [Theory]
    [InlineData(1, StateStorm.Rules)]
    [InlineData(2, StateStorm.Rules)]
    [InlineData(4, StateStorm.Rules)]
    [InlineData(4, EachIn)]
    [InlineData(4, Nat)]
    public void Keys_and_tables_change_and_no_connection_is_judged_anew(int vcpus, string rules)
    {
        string[] steering =
        [
            Own, Foreign, "vrss: {key: microsoft, indirection: 16, rebalance: off}\n",
            $"vrss: {{key: \"{new string('5', 80)}\", hash: [ipv4], rebalance: off}}\n", "vrss: {indirection: 256, rebalance: off}\n",
            "vrss: {key: microsoft, hash: [tcp-ipv4], rebalance: off}\n",
        ];
        RuntimeModel[] models = [.. steering.Select(text => Box.ModelOf(Boxes.Edge + text + Boxes.Ruleset + rules))];
        int first = TestSize.Seed(1), changes = 0, moves = 0;
        for (int seed = first; seed < first + TestSize.Of(person: 2, server: 12, soak: 200); seed++)
        {
            using var storm = new StateStorm(seed, vcpus, Own, rules);
            storm.Begin();
            (long created, int states) = (storm.Node.ReadAccounts().StatesCreated, storm.States);
            for (int round = 0; round < 1500; round++)
            {
                storm.Round();
                storm.Tend();
                if (round % 9 == 0 && storm.Node.IsSteeringSettled)
                {
                    storm.Apply(models[++changes % models.Length]);
                }
                else if (storm.Node.TryMoveBuckets(storm.SomeTable()))
                {
                    moves++;
                }
            }

            storm.MustHaveAnsweredAll();
            Assert.Equal((created, states), (storm.Node.ReadAccounts().StatesCreated, storm.States));
            storm.MustEndWithoutTrace();
        }

        output.WriteLine($"{changes:N0} changes, {moves:N0} moves");
        Assert.True(changes > 15 && (moves > 20 || vcpus == 1), $"only {changes} changes and {moves} moves");
    }

    /// <summary>
    /// States end and are made while the hash changes: what was written of them by the old one must mean nothing by the new.
    /// </summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Keys_change_while_states_are_made_and_end(int vcpus)
    {
        string[] steering = [Own, Foreign, "vrss: {key: microsoft, indirection: 16, rebalance: off}\n"];
        RuntimeModel[] models = [.. steering.Select(text => Box.ModelOf(Boxes.Edge + text + Boxes.Ruleset + StateStorm.Rules))];
        int first = TestSize.Seed(1), changes = 0;
        for (int seed = first; seed < first + TestSize.Of(person: 3, server: 30, soak: 300); seed++)
        {
            using var storm = new StateStorm(seed, vcpus, Foreign);
            for (int phase = 0; phase < 8; phase++)
            {
                storm.BeginPhase();
                for (int round = 0; round < 200; round++)
                {
                    storm.Round();
                    storm.Tend();
                    if (round % 5 != 0 || !storm.Node.IsSteeringSettled) continue;
                    if (round % 4 == 0) storm.LetTimePass();
                    storm.Apply(models[++changes % models.Length]);
                }
            }

            storm.MustEndWithoutTrace();
        }

        output.WriteLine($"{changes:N0} changes");
        Assert.True(changes > 50, $"only {changes} changes");
    }

    [Theory]
    [InlineData(2, Foreign)]
    [InlineData(4, Foreign)]
    [InlineData(4, Own, Foreign, "vrss: {key: microsoft, indirection: 16, rebalance: off}\n")]
    public void With_a_thread_for_each_worker_every_question_is_answered(int vcpus, params string[] steering)
    {
        RuntimeModel[] models = [.. steering.Select(text => Box.ModelOf(Boxes.Edge + text + Boxes.Ruleset + StateStorm.Rules))];
        using var storm = new ThreadedStorm(TestSize.Seed(1), vcpus, models);
        for (int phase = 0; phase < 10; phase++)
        {
            storm.Talk(TestSize.Of(person: 1000, server: 20_000, soak: 500_000));
            storm.LetTimePass();
        }

        storm.Finish();
        output.WriteLine($"{storm.Moves:N0} moves, {storm.Changes:N0} changes");
        Assert.True(storm.Moves > 10, $"only {storm.Moves} moves");
    }
}
