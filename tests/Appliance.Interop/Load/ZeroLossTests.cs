using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Load;

/// <summary>Numbered frames across the program at a good part of what it can do.</summary>
[Collection(LoadCollection.Name)]
public sealed class ZeroLossTests
{
    private const string Translating = "nat on wan inet from (lan:network) to any -> (wan)\npass all\n";
    private const double Share = 0.7;                   // of the highest rate
    private const int Attempts = 6;

    private static readonly int s_frames = TestSize.Of(person: 20_000, server: 200_000, soak: 1_000_000);
    private static readonly double s_tryingSeconds = TestSize.Of(person: 0.1, server: 0.3, soak: 2);

    /// <summary>
    /// Any attempt may lose frames, for the machine has others to serve, but not one that no counter names; and one attempt must lose none.
    /// </summary>
    [Theory]
    [Variation(1, null)]
    [Variation(1, Translating)]
    [Variation(1, Translating, true)]
    [Variation(2, null)]
    [InlineData(2, Translating)]
    [Variation(2, Translating, true)]
    public void At_seven_tenths_of_the_highest_rate_every_frame_arrives_in_order(int vcpus, string? ruleset, bool isSteered = false)
    {
        using LoadNetwork load = LoadNetwork.ThroughAppliance(ruleset, vcpus, flows: 16, isSteered: isSteered);
        double rate = Share * load.FindBestRate(s_tryingSeconds);
        var lossy = new List<Passing>();
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            Passing passing = load.Pass(s_frames, rate);
            TestContext.Current.SendDiagnosticMessage($"{passing}");
            Assert.True(passing.Arrived.Late == 0 && passing.IsAccountedFor, $"{passing}\n{load.Appliance}");
            if (passing.Missing == 0) return;
            lossy.Add(passing);
        }

        JudgeTheMachine(rate, lossy);
    }

    /// <summary>What is dropped on purpose must be missed, and found.</summary>
    [Fact]
    public void A_rule_that_takes_one_of_a_hundred_is_noticed()
    {
        using LoadNetwork load = LoadNetwork.ThroughAppliance("pass all no state\nblock in on lan proto udp probability 1%\n");
        Passing passing = load.Pass(20_000, 20_000);
        Assert.InRange(passing.Lost.Counters["drop block"], 100, 400);
        Assert.Equal(passing.Missing, passing.Lost.Total);
        Assert.Equal(0, passing.Arrived.Late);
    }

    /// <summary>The same rate by the kernel alone: where that loses frames too, or workers had no processor, nobody is to blame.</summary>
    private static void JudgeTheMachine(double rate, List<Passing> lossy)
    {
        using LoadNetwork kernel = LoadNetwork.ThroughKernel(flows: 16);
        Passing[] controls = [.. Enumerable.Range(0, Attempts).Select(_ => kernel.Pass(s_frames, rate))];
        string found = $"with the appliance:\n{string.Join('\n', lossy)}\nby the kernel alone:\n{string.Join('\n', controls)}";
        bool isBusy = lossy.TrueForAll(passing => passing.WorkersWaited > passing.Seconds / 20)
            || controls.All(passing => passing.Missing > 0);
        Assert.SkipWhen(isBusy, $"the machine has too much else to do: {found}");
        Assert.Fail($"no attempt of {Attempts} is without loss; {found}");
    }
}
