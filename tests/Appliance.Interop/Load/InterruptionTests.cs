using System.Diagnostics;
using Appliance.Interop.Live;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Load;

/// <summary>What a change costs those who are being forwarded meanwhile: frames, and time in which none arrives.</summary>
[Collection(LoadCollection.Name)]
public sealed class InterruptionTests
{
    private const int PerSecond = 20_000;               // a frame each 50 µs
    private const int Attempts = 3, MostPasses = 2 * Attempts;
    private const int Some = 1000;                      // more than any run before has had

    private static readonly int s_frames = TestSize.Of(person: 20_000, server: 20_000, soak: 600_000);

    /// <summary>
    /// Any attempt may lose frames, for the machine has others to serve, but not one that no counter names. An attempt says something if
    /// without reloads, just before, not half as many were lost.
    /// </summary>
    [Fact]
    public void Reloads_lose_no_frame_and_the_pause_is_printed()
    {
        using LoadNetwork load = LoadNetwork.ThroughAppliance("pass all\n");
        var lossy = new List<string>();
        for (int pass = 0, reloads = 0; pass < MostPasses && lossy.Count < Attempts; pass++)
        {
            Passing control = load.Pass(s_frames, PerSecond);
            int before = reloads;
            Passing passing = PassDuring(load, sending =>
            {
                while (sending.IsAlive) load.Reload($"pass all\nblock in on wan proto tcp to port {1 + reloads}\n", ++reloads);
            });
            string found = $"{reloads - before} reloads: no frame for {passing.Arrived.LongestGap * 1000:F1} ms at most, "
                + $"{passing.Missing} missing; without: {control.Arrived.LongestGap * 1000:F1} ms, {control.Missing} missing";
            TestContext.Current.SendDiagnosticMessage(found);
            Assert.True(reloads > before && passing.Arrived.Late == 0 && passing.IsAccountedFor, $"{passing}\n{load.Appliance}");
            if (passing.Missing == 0) return;
            if (control.Missing * 2 < passing.Missing) lossy.Add($"{found}: {passing}");
        }

        Assert.SkipWhen(lossy.Count < Attempts, $"the machine has too much else to do: frames are missing without reloads as well");
        Assert.Fail(string.Join('\n', lossy));
    }

    [Fact]
    public void A_link_that_was_away_is_used_again_as_soon_as_it_is_back_and_what_it_cost_is_printed()
    {
        using LoadNetwork load = LoadNetwork.ThroughAppliance("pass all\n");
        double away = 0;
        Passing passing = PassDuring(load, sending =>
        {
            Eventually.Is(() => load.Sink.Tally.Received > Some || !sending.IsAlive);
            Assert.True(sending.IsAlive, "all is sent, and no more than a few have arrived");
            long begin = Stopwatch.GetTimestamp();
            load.Network.Box.Ip("link", "set", "eth1", "down");
            load.Network.Box.Ip("link", "set", "eth1", "up");
            away = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        });
        TestContext.Current.SendDiagnosticMessage(
            $"a link that was away for {away * 1000:F0} ms: no frame for {passing.Arrived.LongestGap * 1000:F1} ms at most, "
            + $"{passing.Missing} missing");
        Assert.Equal(0, passing.Arrived.Late);
        Assert.InRange(passing.Arrived.Received, 1, s_frames);
        Passing after = load.Pass(Some, PerSecond);
        for (int again = 1; after.Missing > 0 && again < Attempts; again++) after = load.Pass(Some, PerSecond);
        Assert.True(after.Missing == 0, $"{after}\n{load.Appliance}");
    }

    /// <summary>Does something while frames pass, told who sends them.</summary>
    private static Passing PassDuring(LoadNetwork load, Action<Thread> what)
    {
        Passing? passing = null;
        var sending = new Thread(() => passing = load.Pass(s_frames, PerSecond));
        sending.Start();
        try
        {
            what(sending);
        }
        finally
        {
            sending.Join();
        }

        return passing!;
    }
}
