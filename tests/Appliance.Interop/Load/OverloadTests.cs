using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Load;

/// <summary>Twice what the program can do: it does what it can, and is still to be spoken to.</summary>
[Collection(LoadCollection.Name)]
public sealed class OverloadTests
{
    private const string Translating = "nat on wan inet from (lan:network) to any -> (wan)\npass all\n";
    private const double LongestAnswer = 0.1;           // seconds, beyond what the machine itself makes an idle peer take
    private const double Overloading = 1.8;                             // of the best rate: what the sender must have reached
    private const int Attempts = 6;

    private static readonly double s_seconds = TestSize.Of(person: 0.6, server: 2, soak: 30);

    [Theory]
    [InlineData(false)]
    [Variation(true)]
    public void Offered_twice_its_best_it_delivers_its_best(bool isSteered)
    {
        using LoadNetwork load = LoadNetwork.ThroughAppliance(Translating, flows: 16, isSteered: isSteered);
        var tries = new List<(double Offered, double Share, Passing Passing)>();
        do
        {
            double best = load.FindBestRate(s_seconds / 4);             // anew: the machine may have others to serve than before
            Passing passing = Overload(load, best);
            tries.Add((passing.Sent / passing.Seconds / best, passing.Arrived.Rate / best, passing));
        }
        while (!IsGood(tries[^1]) && tries.Count < Attempts);

        string found = string.Join('\n', tries.Select(one => $"{one.Share:P0} of the best rate at {one.Offered:P0}: {one.Passing}"));
        TestContext.Current.SendDiagnosticMessage(found);
        bool isBusy = tries.TrueForAll(one => one.Offered < Overloading || one.Passing.WorkersWaited > one.Passing.Seconds / 20);
        Assert.SkipWhen(isBusy && !IsGood(tries[^1]), $"the machine has too much else to do: {found}");
        Assert.True(IsGood(tries[^1]), found);
    }

    [Theory]
    [Variation(1)]
    [InlineData(2)]
    public void Offered_twice_its_best_it_answers_every_question_on_the_wire_and_its_operator_at_once(int vcpus)
    {
        using LoadNetwork load = LoadNetwork.ThroughAppliance(Translating, vcpus, flows: 16);
        using var questions = new Questions(load.Network);
        using var answers = new AnswerTimes(load.Network);
        double best = load.FindBestRate(s_seconds / 4);
        questions.Start();
        answers.Start();
        for (int round = 0; round < 3; round++) Overload(load, best);
        questions.Stop();
        answers.Stop();
        string found = $"{questions}; {answers}";
        TestContext.Current.SendDiagnosticMessage(found);
        Assert.Equal(0, questions.Unseen);
        Assert.True(questions.Arrived > 10 && questions.Answered + load.LostOnTheWayBack >= questions.Arrived, found);
        Assert.True(answers.OfAppliance - answers.OfIdlePeer <= LongestAnswer, found);
    }

    private static bool IsGood((double Offered, double Share, Passing Passing) one) => one is { Offered: >= Overloading, Share: >= 0.9 };

    private static Passing Overload(LoadNetwork load, double best)
    {
        Passing passing = load.Pass((int)(2 * best * s_seconds), 2 * best);
        TestContext.Current.SendDiagnosticMessage($"best {best / 1000:F0}/ms; {passing}");
        Assert.True(passing.Arrived.Late == 0 && passing.IsAccountedFor, $"{passing}\n{load.Appliance}");
        return passing;
    }
}
