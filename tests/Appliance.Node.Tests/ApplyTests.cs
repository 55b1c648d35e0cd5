using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>Models are swapped between breaths: nothing is lost, and the old ones live until the last worker has taken the new.</summary>
public sealed class ApplyTests
{
    private static readonly string Moved = Boxes.Edge.Replace("via: 203.0.113.1}", "via: 203.0.113.77}", StringComparison.Ordinal);
    private static readonly byte[] Frame = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2));

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void From_the_next_breath_on_frames_go_by_the_new_model(int vcpus)
    {
        using var box = new Box(Boxes.Edge, vcpus);
        Assert.Equal(Boxes.Gateway, MacAddress.Read(box.Send("lan", Frame).Forwarded("wan")));
        box.Node.Apply(Box.ModelOf(Moved));
        Assert.Equal(Boxes.InventedFor("203.0.113.77"), MacAddress.Read(box.Send("lan", Frame).Forwarded("wan")));
        box.Node.Apply(Box.ModelOf(Boxes.Edge));
        Assert.Equal(Boxes.Gateway, MacAddress.Read(box.Send("lan", Frame).Forwarded("wan")));
    }

    [Fact]
    public void Everything_that_a_model_says_is_swapped()
    {
        using var box = new Box(Boxes.Edge, vcpus: 2);
        box.Node.Apply(Box.ModelOf("""
            ports:
              lan: {backend: pcap, addresses: [10.0.0.1/8], rpf: strict}
              wan: {backend: pcap, addresses: [203.0.113.2/24], mtu: 576}
            vrss: {key: microsoft, indirection: 256}

            """));
        box.Send("lan", Frame).MustBeDropped("spoof");
        box.Send("lan", TestFrames.Ipv4("10.0.0.9", "10.0.0.1", TestTransport.EchoRequest(1))).Answered("lan");
        Assert.Equal(2, box.Send("lan", TestFrames.Ipv4("10.0.0.9", "203.0.113.9", TestTransport.Udp(1, 2, 600))).LeftBy("wan").Length);
        box.Send("wan", TestFrames.Ipv4("203.0.113.9", "192.168.1.10", TestTransport.Udp(1, 2))).RefusedWith("no-route", "wan");
    }

    [Fact]
    public void Frames_on_their_way_between_workers_are_not_lost()
    {
        using var box = new Box(Boxes.Edge, vcpus: 2);
        bool halfWay = false;
        for (int round = 0; round < 20; round++)
        {
            for (int i = 0; i < Box.BurstFrames; i++)
                box.Enter("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp((ushort)((round * 100) + i), 2)));
            box.Node.Step(box.Now);
            halfWay |= box.Node.FramesHeld > 0;
            box.Node.Apply(Box.ModelOf(round % 2 == 0 ? Moved : Boxes.Edge));
            box.Node.StepUntilIdle(box.Now);
        }

        Assert.True(halfWay, "No frame waited anywhere, so nothing was at stake.");
        Box.MustBeSettled(box.Node);
        NodeAccounts accounts = box.Node.ReadAccounts();
        Assert.Equal((20L * Box.BurstFrames, 20L * Box.BurstFrames, 0L), (accounts.Received, accounts.Transmitted, accounts.Dropped));
    }

    [Fact]
    public void The_owner_of_a_flow_may_change_in_mid_air()
    {
        using var box = new Box(Boxes.Edge, vcpus: 4);
        for (int round = 0; round < 10; round++)
        {
            for (int i = 0; i < Box.BurstFrames; i++)
                box.Enter("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp((ushort)i, 2)));
            box.Node.Step(box.Now);
            box.Node.Apply(Box.ModelOf(Boxes.Edge + (round % 2 == 0 ? "vrss: {key: microsoft, indirection: 16}\n" : "")));
            box.Node.StepUntilIdle(box.Now);
        }

        Box.MustBeSettled(box.Node);
        Assert.Equal(10L * Box.BurstFrames, box.Node.ReadAccounts().Transmitted);
    }

    [Fact]
    public void The_models_before_are_freed_when_every_worker_has_the_new_ones_and_not_by_a_worker()
    {
        using var box = new Box(Boxes.Edge, vcpus: 3);
        NodeModels before = box.Node.Models;
        box.Node.Apply(Box.ModelOf(Moved));
        Assert.NotSame(before, box.Node.Models);
        foreach (Worker worker in box.Node.Workers)
        {
            Assert.False(before.Routing.IsDisposed);
            Assert.NotEqual(-1, before.Routing.Find(TestFrames.V4("8.8.8.8")));
            worker.Step(box.Now);
            if (worker != box.Node.Workers[^1]) box.Node.Tend(box.Now);
        }

        Assert.False(before.Routing.IsDisposed);
        box.Node.Tend(box.Now);
        Assert.True(before.Routing.IsDisposed);
        Assert.False(box.Node.Models.Routing.IsDisposed);
    }

    [Fact]
    public void Models_that_nobody_took_are_freed_with_the_node()
    {
        var box = new Box(Boxes.Edge, vcpus: 2);
        NodeModels first = box.Node.Models;
        box.Node.Apply(Box.ModelOf(Moved));
        NodeModels second = box.Node.Models;
        box.Node.Apply(Box.ModelOf(Boxes.Edge));
        NodeModels third = box.Node.Models;
        box.Node.Workers[0].Step(box.Now);
        box.Dispose();
        Assert.All([first, second, third], models => Assert.True(models.Routing.IsDisposed));
    }

    [Fact]
    public void A_port_never_takes_its_number_with_it()
    {
        using var box = new Box(Boxes.Edge, vcpus: 2);
        NodeModels before = box.Node.Models;
        RuntimeModel fewer = Box.ModelOf("ports: {lan: {backend: pcap, addresses: [192.168.1.1/24]}}\n");
        Assert.Throws<ArgumentException>(() => box.Node.Apply(fewer));
        Assert.Same(before, box.Node.Models);
        box.Send("lan", Frame).Forwarded("wan");
    }
}
