using System.Diagnostics;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Load;

/// <summary>What a change costs those who are being forwarded meanwhile: frames, and time in which none arrives.</summary>
[Collection(LoadCollection.Name)]
public sealed class InterruptionTests
{
    private const int PerSecond = 20_000;               // a frame each 50 µs
    private const int Attempts = 3;

    private static readonly int s_frames = TestSize.Of(person: 20_000, server: 20_000, soak: 600_000);

    /// <summary>Any attempt may lose frames, for the machine has others to serve, but not one that no counter names.</summary>
    [Fact]
    public void Reloads_lose_no_frame_and_the_pause_is_printed()
    {
        using LoadNetwork load = LoadNetwork.ThroughAppliance("pass all\n");
        Passing control = load.Pass(s_frames, PerSecond);
        var lossy = new List<string>();
        for (int attempt = 0, reloads = 0; attempt < Attempts; attempt++)
        {
            int before = reloads;
            Passing passing = PassDuring(
                load, () => load.Reload($"pass all\nblock in on wan proto tcp to port {1 + reloads}\n", ++reloads));
            string found = $"{reloads - before} reloads: no frame for {passing.Arrived.LongestGap * 1000:F1} ms at most, "
                + $"{passing.Missing} missing; without: {control.Arrived.LongestGap * 1000:F1} ms, {control.Missing} missing";
            TestContext.Current.SendDiagnosticMessage(found);
            Assert.True(reloads > before && passing.Arrived.Late == 0 && passing.IsAccountedFor, $"{passing}\n{load.Appliance}");
            if (passing.Missing == 0) return;
            lossy.Add($"{found}: {passing}");
        }

        Assert.SkipWhen(control.Missing > 0, $"the machine has too much else to do: {string.Join('\n', lossy)}");
        Assert.Fail(string.Join('\n', lossy));
    }

    [Fact]
    public void A_link_that_was_away_is_used_again_as_soon_as_it_is_back_and_what_it_cost_is_printed()
    {
        using LoadNetwork load = LoadNetwork.ThroughAppliance("pass all\n");
        double away = 0;
        int flaps = 0;
        Passing passing = PassDuring(load, () =>
        {
            if (flaps++ > 0) return;
            Thread.Sleep(200);                          // some have arrived
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
        Passing after = load.Pass(1000, PerSecond);
        Assert.True(after.Missing == 0 || after.IsAccountedFor, $"{after}");
        Assert.True(after.Arrived.Received > 0, $"{after}\n{load.Appliance}");
    }

    /// <summary>Does something again and again while frames pass.</summary>
    private static Passing PassDuring(LoadNetwork load, Action what)
    {
        Passing? passing = null;
        var sending = new Thread(() => passing = load.Pass(s_frames, PerSecond));
        sending.Start();
        while (sending.IsAlive) what();
        sending.Join();
        return passing!;
    }
}
