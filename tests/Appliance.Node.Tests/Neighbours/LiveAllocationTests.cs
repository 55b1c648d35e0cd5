using System.Diagnostics;
using System.Reflection;
using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// The data side of neighbour resolution allocates nothing: not for frames to known neighbours, not for those that wait, time out, are
/// refused or pushed out by a scan. The control side is not measured.
/// </summary>
public sealed class LiveAllocationTests
{
    private const int Rounds = 400;
    private const int MaxWarmUps = 30;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Whatever_becomes_of_frames_and_neighbours_allocates_nothing(int vcpus)
    {
        bool isOptimized = typeof(ApplianceNode).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled != true;
        Assert.SkipUnless(isOptimized, "This is a Debug build: the Release build is judged.");
        using var box = new LiveBox(Boxes.Island, vcpus, sink: new Nowhere());
        for (int host = 0; host < 8; host++) box.AddHost("lan", $"192.168.1.{10 + host}", 0x0200_0000_4000UL + (ulong)host);
        byte[][] frames = [.. Enumerable.Range(0, 512).Select(FrameTo)];
        long allocated = long.MaxValue;
        for (int warmUp = 0; warmUp < MaxWarmUps && allocated > 0; warmUp++) allocated = Run(box, frames);
        Assert.Equal(0, allocated);
        NodeAccounts accounts = box.Accounts;
        Assert.InRange(accounts.Transmitted, Rounds, accounts.Received);
        Assert.InRange(accounts.Drops["no-neighbour"], Rounds, accounts.Received + accounts.Generated);
    }

    /// <summary>Half to hosts that answer, half to ever other addresses of both families.</summary>
    private static byte[] FrameTo(int i) => (i % 4) switch
    {
        0 or 1 => TestFrames.Ipv4("203.0.113.9", $"192.168.1.{10 + (i % 8)}", TestTransport.Udp((ushort)(1000 + i), 53, 8)),
        2 => TestFrames.Ipv4("203.0.113.9", $"192.168.1.{30 + (i % 200)}", TestTransport.Udp((ushort)(1000 + i), 53, 8)),
        _ => TestFrames.Ipv6("2001:db8:2::9", $"2001:db8:1::{100 + i:x}", TestTransport.Udp((ushort)(1000 + i), 53, 8)),
    };

    /// <summary>Bytes that the workers' breaths allocated; half a minute of the node's time.</summary>
    private static long Run(LiveBox box, byte[][] frames)
    {
        long allocated = 0;
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < 32; i++) box.Enter("wan", frames[((round * 32) + i) % frames.Length]);
            long before = GC.GetAllocatedBytesForCurrentThread();
            while (box.Node.Step(box.Now) > 0)
            {
            }

            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            box.Wait(75 * LiveBox.Millisecond, 75 * LiveBox.Millisecond);
            box.ForgetSaid();
        }

        return allocated;
    }

    private sealed class Nowhere : ITransmitSink
    {
        public void OnTransmit(PortId port, Frame frame)
        {
        }
    }
}
