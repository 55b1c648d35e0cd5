using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Appliance.Interop.Live.Drills;
using Appliance.Interop.Load;
using Appliance.Testing;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>
/// A box that comes anew to one that has many states: how long it takes until both prove that they have the same, and what is forwarded
/// meanwhile.
/// </summary>
[Collection(LoadCollection.Name)]
public sealed class ColdPeerTests(ITestOutputHelper output)
{
    private const int FrameBytes = 60, LoadFlows = 16, OpeningPerSecond = 20_000;

    /// <summary>Of each flow one where it comes in and one where it leaves.</summary>
    private static readonly int s_states = TestSize.Of(person: 10_000, server: 60_000, soak: 1_000_000);

    /// <summary>Beside the traffic that is all it can forward; and alone, which is what telling takes by itself.</summary>
    [Theory]
    [InlineData(true)]
    [Variation(false)]
    public void It_is_told_all_of_them_while_traffic_goes_on(bool isLoaded)
    {
        using var network = new PairNetwork { HaveOwnProcessors = true };
        network.Folder.Write(
            "pair.pf.conf",
            $"set limit states {s_states + 1000}\nset timeout {{ udp.first 3600, udp.single 3600, udp.multiple 3600 }}\n"
            + "block all\npass in on lan inet proto { udp, icmp } all\npass out on wan inet proto { udp, icmp } all\n");
        network.Lan.SetOffloads("eth0", isOn: false);
        string mac = network.Wan.Succeed("cat", "/sys/class/net/eth0/address").Trim();
        string more = $"neighbors: [{{port: wan, address: 10.2.0.2, mac: \"{mac}\"}}]\nfirewall: {{ruleset: pair.pf.conf}}\n";
        network.Run(0, edit: yaml => yaml + more);
        Eventually.Is(() => network.StatesOf(0) == "MASTER");
        using var sink = new NumberedSink(network.Wan, "eth0");
        Open(network);
        using var sender = new NumberedSender(network.Lan, "10.2.0.2", LoadFlows, FrameBytes);
        double best = RateSearch.FindBest(sender, sink, TestSize.Of(0.2, 0.5, 1.0));
        var join = new Thread(() => network.Run(1, edit: yaml => yaml + more));
        join.Start();
        int received = 0, sent = 0;
        double offering = 0;
        while (isLoaded && !join.Join(0)) Offer();
        join.Join();
        long running = MasterWatch.Now;
        while (isLoaded && !IsInSync()) Offer();
        Eventually.Is(IsInSync, minutes: 5);
        double seconds = Stopwatch.GetElapsedTime(running).TotalSeconds;
        long states = States(network, 1);
        string found = string.Create(
            CultureInfo.InvariantCulture,
            $"{states} states told in {seconds:F2} s behind the start; {(isLoaded ? Forwarded() : "nothing is forwarded meanwhile")}");
        output.WriteLine(found);
        TestContext.Current.SendDiagnosticMessage(found);
        Assert.InRange(states, s_states, s_states + (4 * LoadFlows));
        Assert.Equal("MASTER", network.StatesOf(0));

        bool IsInSync() => Phase(network, 0) == "in-sync" && Phase(network, 1) == "in-sync";

        string Forwarded() => string.Create(
            CultureInfo.InvariantCulture,
            $"meanwhile {received / offering / best:P0} of {best / 1000:F0}/ms forwarded, {sent - received} of {sent} frames not");

        void Offer()
        {
            int frames = (int)(best / 10);
            offering += sender.Send(frames, best, sink.Expect);
            sink.AwaitQuiet(frames);
            (received, sent) = (received + sink.Tally.Received, sent + frames);
        }
    }

    private static void Open(PairNetwork network)
    {
        using Background opening = network.Lan.Start(
            Peer.Python, LiveNetwork.Script("states.py", "10.2.0.2", $"{s_states / 2}", $"{OpeningPerSecond}"));
        Eventually.Is(() => opening.HasEnded || States(network, 0) >= s_states, minutes: 5);
        Assert.True(States(network, 0) >= s_states, $"{States(network, 0)} states: {opening}");
    }

    private static string? Phase(PairNetwork network, int box) => network.See(box, "show/sync")[0].GetProperty("states") switch
    {
        { ValueKind: JsonValueKind.Object } states => states.GetProperty("phase").GetString(),
        _ => null,
    };

    private static long States(PairNetwork network, int box) =>
        network.See(box, "show/rules").EnumerateArray().Sum(rule => rule.GetProperty("states").GetInt64());
}
