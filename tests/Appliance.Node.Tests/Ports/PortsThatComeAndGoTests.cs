using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests.Ports;

/// <summary>Ports come and go while frames flow; states and the other ports notice nothing.</summary>
public sealed class PortsThatComeAndGoTests
{
    private static readonly byte[] Frame = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2));

    private static readonly string More = Boxes.Edge.Replace(
        "routes:", "  dmz: {backend: pcap, addresses: [10.9.0.1/24]}\nroutes:", StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_port_that_is_added_forwards_and_the_others_go_on(int vcpus)
    {
        using var box = new Box(Boxes.Edge, vcpus);
        box.Send("lan", Frame).Forwarded("wan");
        box.Apply(More);
        box.Attach("dmz");
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "10.9.0.7", TestTransport.Udp(1, 2))).Forwarded("dmz");
        box.Send("dmz", TestFrames.Ipv4("10.9.0.7", Boxes.Outside, TestTransport.Udp(1, 2))).Forwarded("wan");
        box.Send("lan", Frame).Forwarded("wan");
    }

    [Fact]
    public void A_port_that_is_removed_takes_its_network_with_it_and_the_others_go_on()
    {
        using var box = new Box(More, vcpus: 2);
        box.Node.Detach(new PortId(2));
        box.Apply(Boxes.Edge);
        Assert.True(box.Node.Configuration.Ports[2].IsVacant);
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "10.9.0.7", TestTransport.Udp(1, 2))).Forwarded("wan");
        box.Send("lan", Frame).Forwarded("wan");
        box.Apply(More);
        box.Attach("dmz");
        box.Send("lan", TestFrames.Ipv4(Boxes.LanHost, "10.9.0.7", TestTransport.Udp(1, 2))).Forwarded("dmz");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_port_that_gets_the_number_of_another_counts_from_zero(int vcpus)
    {
        using var box = new Box(More, vcpus);
        box.Enter("dmz", TestFrames.Ipv4("10.9.0.7", Boxes.Outside, TestTransport.Udp(1, 2)));
        box.Node.StepUntilIdle(box.Now);
        Assert.Equal(1, box.Node.ReadAccounts().Ports[2].FramesIn);
        box.Node.Detach(new PortId(2));
        box.Apply(Boxes.Edge);
        box.Node.StepUntilIdle(box.Now);
        box.Apply(More.Replace("dmz:", "guests:", StringComparison.Ordinal));
        box.Attach("guests");
        Assert.Equal(2, box.Node.Configuration.FindPort("guests")!.Index);
        Assert.Equal(default, box.Node.ReadAccounts().Ports[2]);
        Assert.Equal(1, box.Node.ReadAccounts().Ports[1].FramesOut);
    }

    [Fact]
    public void A_port_without_a_device_drops_what_is_to_leave_by_it_until_that_is_back()
    {
        using var box = new Box(Boxes.Edge, vcpus: 2);
        PortDetachment gone = box.Node.Detach(new PortId(1));
        Assert.False(gone.IsDone);
        box.Send("lan", Frame).MustBeDropped("port-down");
        Assert.True(gone.IsDone);
        box.Attach("wan");
        box.Send("lan", Frame).Forwarded("wan");
    }

    [Fact]
    public void A_connection_outlives_the_rename_of_its_port()
    {
        const string Rules = "block all\npass in on lan\npass out on wan\n";
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + Rules);
        byte[] answer = TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.Udp(2, 1));
        box.Send("wan", answer).MustBeDropped("block");
        box.Send("lan", Frame).Forwarded("wan");
        string renamed = Boxes.Edge.Replace("wan:", "isp:", StringComparison.Ordinal)
            .Replace("port: wan", "port: isp", StringComparison.Ordinal);
        RuntimeModel next = Box.ModelOf(renamed + Boxes.Ruleset + Rules.Replace("wan", "isp", StringComparison.Ordinal));
        box.Node.Apply(next);
        box.Send("isp", answer).Forwarded("lan");
    }

    [Fact]
    public void No_worker_gets_a_port_before_all_know_it()
    {
        using var box = new Box(Boxes.Edge, vcpus: 2);
        box.Apply(More);
        box.AttachSoon("dmz");
        box.Node.Workers[0].Step(box.Now);
        box.Node.Tend(box.Now);
        box.Enter("dmz", TestFrames.Ipv4("10.9.0.7", Boxes.Outside, TestTransport.Udp(1, 2)));
        box.Node.Workers[0].Step(box.Now);
        Assert.Equal(0, box.Node.ReadAccounts().Received);
        box.Node.StepUntilIdle(box.Now);
        Assert.Equal(1, box.Node.ReadAccounts().Transmitted);
    }

    [Fact]
    public void Frames_under_way_between_other_ports_survive_a_port_that_comes_and_goes()
    {
        using var box = new Box(More, vcpus: 2);
        for (int round = 0; round < 20; round++)
        {
            for (int i = 0; i < Box.BurstFrames; i++)
                box.Enter("lan", TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp((ushort)((round * 100) + i), 2)));
            box.Node.Step(box.Now);
            if (round % 2 == 0) box.Node.Detach(new PortId(2));
            else box.AttachSoon("dmz");
            box.Node.StepUntilIdle(box.Now);
        }

        Box.MustBeSettled(box.Node);
        Assert.Equal(20L * Box.BurstFrames, box.Node.ReadAccounts().Transmitted);
    }
}
