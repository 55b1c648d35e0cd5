using System.Diagnostics;
using System.Reflection;
using Appliance.Engine;
using Appliance.Offload.Tests.Parsing;
using Appliance.Testing;
using Xunit;

namespace Appliance.Offload.Tests.Coalescing;

/// <summary>Trains are made of what is there: coupling and taking apart allocate nothing.</summary>
public sealed class CoalesceAllocationTests
{
    private const int Rounds = 2_000, MaxWarmUps = 50;

    [Fact]
    public void A_hundred_thousand_segments_are_coupled_without_one_byte()
    {
        bool isOptimized = typeof(CoalesceStage).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled != true;
        Assert.SkipUnless(isOptimized, "This is a Debug build, whose vectors are boxed: the Release build is judged.");
        PortTable ports = new([new PortFacts { Index = 0, Name = "lan", Physical = 0, Mac = TestFrames.Router, Coalesces = true }]);
        using var rig = new BatchRig();
        FrameBatch batch = rig.Batch([.. Frames()]);
        new ParseStage(ParseRig.Ports).Process(batch, rig.Context());
        var stage = new CoalesceStage(ports);
        StageContext context = rig.Context();
        for (int i = 0; i < MaxWarmUps; i++)
        {
            long start = GC.GetAllocatedBytesForCurrentThread();
            Run(stage, batch, context);
            if (GC.GetAllocatedBytesForCurrentThread() == start && i > 2) break;
        }

        long trains = rig.Counters.LroSuperframes;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(stage, batch, context);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.Equal(4 * Rounds, rig.Counters.LroSuperframes - trains);
    }

    /// <summary>Couples the batch and takes every train apart again, over and over.</summary>
    private static void Run(CoalesceStage stage, FrameBatch batch, in StageContext context)
    {
        for (int round = 0; round < Rounds; round++)
        {
            stage.Process(batch, context);
            for (int i = 0; i < batch.Count; i++)
            {
                if (batch.Frames[i].IsTrain) batch.Uncouple(i);
            }
        }
    }

    /// <summary>Four flows that take turns, and an ACK here and there.</summary>
    private static IEnumerable<byte[]> Frames()
    {
        TestSegment[] flows = [.. Enumerable.Range(0, 4).Select(i => i < 2
            ? new TestSegment { SourcePort = (ushort)(100 + i), Options = TestSegment.Timestamps }
            : new TestSegment
            {
                SourcePort = (ushort)(100 + i), Source = "2001:db8::1", Destination = "2001:db8::2", Options = TestSegment.Timestamps,
            })];
        for (int i = 0; i < 60; i++)
        {
            yield return flows[i & 3].ToFrame();
            flows[i & 3] = flows[i & 3].Next();
            if (i % 16 == 15) yield return (flows[0] with { SourcePort = 9, PayloadLength = 0 }).ToFrame();
        }
    }
}
