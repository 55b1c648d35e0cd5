using System.Diagnostics;
using System.Reflection;
using Appliance.Engine;
using Appliance.Offload;
using Xunit;

namespace Appliance.Node.Tests.Segmentation;

/// <summary>Large frames cost no allocation either, whether they are cut, fragmented, answered or left whole.</summary>
public sealed class LargeFrameAllocationTests
{
    private const int Frames = 2_000, MaxRounds = 60;
    private const PortCapabilities Cutter = PortCapabilities.TransmitChecksum | PortCapabilities.Segmentation;

    [Theory]
    [InlineData(PortCapabilities.None)]
    [InlineData(Cutter)]
    public void Large_frames_allocate_nothing(PortCapabilities capabilities)
    {
        bool isOptimized = typeof(ApplianceNode).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled != true;
        Assert.SkipUnless(isOptimized, "This is a Debug build, whose vectors are boxed: the Release build is judged.");
        string yaml = Boxes.Edge.Replace("\"2001:db8:2::2/64\"]", "\"2001:db8:2::2/64\"], mtu: 1300", StringComparison.Ordinal);
        using var node = new ApplianceNode(Box.ModelOf(yaml), new NodeOptions { Workers = 1, Capabilities = capabilities });
        var inbox = new MemoryInbox(node.Workers[0].Pool, Box.BurstFrames);
        for (ushort port = 0; port < 2; port++)
        {
            PortFacts facts = node.Models.Ports[port];
            var memory = new MemoryPort(new PortId(port), facts.Name, facts.Mac, 1500, _ => inbox, new Discarding(), capabilities);
            node.Workers[0].Attach(memory.Id, memory.OpenQueue(0, node.Workers[0].Pool));
        }

        LargeItem[] items = [.. Enumerable.Range(1, 500).Select(LargeItem.Draw).Where(item => item.SegmentSize > 0)];
        long allocated = 1;
        for (int round = 0; round < MaxRounds && allocated > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Feed(node, inbox, items);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
        Box.MustBeSettled(node);
        NodeAccounts accounts = node.ReadAccounts();
        Assert.True(accounts is { TsoSegments: > Frames, Generated: > Frames }, $"{accounts.TsoSegments} cut, {accounts.Generated} made");
    }

    private static void Feed(ApplianceNode node, MemoryInbox inbox, LargeItem[] items)
    {
        var now = new MonotonicTime(1);
        for (int i = 0; i < Frames; i++)
        {
            LargeItem item = items[i % items.Length];
            inbox.TryRent(item.Bytes.Length, out Frame frame);
            item.Bytes.CopyTo(frame.Bytes);
            frame.Info.Checksum = item.Checksum;
            LargeFrame.TryDescribe(frame, item.SegmentSize, item.IsIdentificationFixed);
            inbox.TryAdd(frame, new PortId(0));
            if (i % 8 != 7) continue;
            now += 1_000_000_000;
            node.StepUntilIdle(now);
        }
    }

    private sealed class Discarding : ITransmitSink
    {
        public void OnTransmit(PortId port, Frame frame)
        {
        }
    }
}
