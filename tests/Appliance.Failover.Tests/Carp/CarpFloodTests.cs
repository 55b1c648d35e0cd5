using System.Diagnostics;
using Appliance.Testing;
using Appliance.Wire.Carp;
using Appliance.Wire.Ip;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>Advertisements of who does not know the key, as many as a link carries: each is counted, and nothing else happens.</summary>
public sealed class CarpFloodTests(ITestOutputHelper output)
{
    private static readonly int Frames = TestSize.Of(person: 200_000, server: 1_000_000, soak: 20_000_000);

    [Theory]
    [InlineData(CarpState.Backup)]
    [InlineData(CarpState.Master)]
    public void A_flood_changes_no_role_and_is_counted_to_the_last_frame(CarpState state)
    {
        var bench = new CarpBench(Settings(OnWan(skew: 100)) with { Trust = CarpTrust.FreshCounters, Preempts = true });
        if (state == CarpState.Master) bench.Do(now => bench.Node.Force(bench.Group, master: true, now));
        (byte[] Frame, CarpRefusal Refusal)[] kinds = Kinds(bench);
        bench.Take();
        ulong transitions = bench.Group.Transitions;
        ulong[] before = [.. kinds.Select(kind => bench.Node.Statistics[kind.Refusal])];
        Flood(bench, kinds, kinds.Length);                            // what is made on first use
        int frames = Frames;                                          // so is this, and not by the node

        var clock = Stopwatch.StartNew();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Flood(bench, kinds, frames);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        clock.Stop();

        Assert.Equal((state, transitions), (bench.Group.State, bench.Group.Transitions));
        Assert.Equal(0, bench.Node.Actions.Count);
        ulong rounds = (ulong)((frames + kinds.Length) / kinds.Length);
        for (int i = 0; i < kinds.Length; i++)
        {
            ulong times = (ulong)kinds.Count(kind => kind.Refusal == kinds[i].Refusal);
            Assert.Equal(times * rounds, bench.Node.Statistics[kinds[i].Refusal] - before[i]);
        }

        Assert.Equal(0, allocated);
        output.WriteLine($"{frames} frames of {kinds.Length} kinds, {clock.Elapsed.TotalNanoseconds / frames:f0} ns each");
    }

    private static void Flood(CarpBench bench, (byte[] Frame, CarpRefusal Refusal)[] kinds, int frames)
    {
        Span<byte> copy = stackalloc byte[128];
        for (int i = 0; i < frames; i++)
        {
            byte[] frame = kinds[i % kinds.Length].Frame;
            frame.CopyTo(copy);
            bench.Node.OnFrame(Wan, copy[..frame.Length], bench.Now);
        }
    }

    private static (byte[] Frame, CarpRefusal Refusal)[] Kinds(CarpBench bench)
    {
        CarpGroupSettings group = bench.Group.Settings;
        byte skew = bench.Group.State == CarpState.Master ? (byte)150 : (byte)50;
        byte[] heard = Made(group, new CarpFields(1, 1, skew, 7));    // once it counts, and moves nobody
        Assert.Equal(CarpRefusal.None, bench.HearFrame(Wan, [.. heard]));
        byte[] hops = [.. heard];
        hops[14 + 8] = 64;
        return
        [
            (heard, CarpRefusal.Replayed),
            (Rewritten(heard, CarpInterval.Leaving), CarpRefusal.Replayed),
            (Rewritten(heard, new CarpInterval(0, 1)), CarpRefusal.Replayed),
            (Made(group with { Key = Key("guess") }, new CarpFields(1, 0, 1, 8)), CarpRefusal.BadAuthentication),
            (Made(group with { Addresses = Addresses("192.0.2.11") }, new CarpFields(1, 0, 1, 9)), CarpRefusal.BadAuthentication),
            (Made(group, new CarpFields(2, 0, 1, 10)), CarpRefusal.BadVhid),
            (AdvertisementFrames.Completed(hops), CarpRefusal.BadHopLimit),
            (heard[..50], CarpRefusal.HeaderShort),
        ];
    }

    private static byte[] Made(CarpGroupSettings group, CarpFields fields) =>
        AdvertisementFrames.Make(group, new Ipv4Address(0xc000_0263), fields);

    private static byte[] Rewritten(byte[] frame, CarpInterval interval)
    {
        byte[] copy = [.. frame];
        Assert.True(CarpView.TryParse(copy.AsSpan(AdvertisementFrames.Ipv4PayloadOffset), out CarpView view));
        (view.AdvertisementBaseSeconds, view.AdvertisementSkew) = (interval.BaseSeconds, interval.Skew);
        view.CompleteChecksum();
        return copy;
    }
}
