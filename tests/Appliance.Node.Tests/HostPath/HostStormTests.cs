using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Node.Tests.HostPath;

/// <summary>Questions to the host and its answers, redirected and not, while buckets move between the workers.</summary>
public sealed class HostStormTests(ITestOutputHelper output)
{
    private const int Vcpus = 4, Flows = 60, Hello = 1000;

    private const string Rules = """
        rdr on lan inet proto udp from any to 192.168.1.1 port 2222 -> 192.168.1.1 port 53
        block all
        pass in on lan proto udp to port 53

        """;

    [Theory]
    [InlineData("")]
    [InlineData("vrss: {key: microsoft}\n")]
    public void Every_answer_of_the_host_finds_its_state_while_buckets_move(string steering)
    {
        var random = new Random(TestSize.Seed(1));
        using Box box = HostEnd.BoxFor(Boxes.Edge + steering + Boxes.Ruleset + Rules, Vcpus);
        var lan = new HostEnd(box, "lan");
        int moves = 0, asked = 0, heard = 0, left = 0;
        int rounds = TestSize.Of(person: 400, server: 4_000, soak: 100_000);
        for (int round = 0; round < rounds; round++)
        {
            if (box.Node.TryMoveBuckets(SomeTable(box.Node, random))) moves++;
            for (int i = 0; i < 8; i++, asked++) box.Enter("lan", Question(asked % Flows));
            for (int i = random.Next(4); i >= 0; i--) box.Node.Step(box.Now);
            heard += Answer(lan, random);
            box.Node.Tend(box.Now);
            if (round % 10 == 0) Settle();
        }

        Settle();
        Assert.Equal((asked, asked), (heard, left));
        output.WriteLine($"{moves} moves, {asked} questions");
        Assert.True(moves > rounds / 20, $"only {moves} moves");

        void Settle()
        {
            int before;
            do
            {
                box.Node.StepUntilIdle(box.Now);
                before = heard;
                heard += Answer(lan, random);
            }
            while (heard > before);
            left += box.Log.Sent.Count;
            box.Log.Clear();
            Box.MustBeSettled(box.Node);
        }
    }

    /// <summary>The host answers what it has got, by whichever worker; answers how much.</summary>
    private static int Answer(HostEnd lan, Random random)
    {
        byte[][] got = lan.Take();
        foreach (byte[] question in got)
        {
            Assert.True(UdpView.TryParse(question.AsSpan(34), out UdpView udp));
            byte[] answer = TestFrames.Ipv4("192.168.1.1", Boxes.LanHost, TestTransport.Udp(53, udp.SourcePort, 12));
            lan.Enter(random.Next(Vcpus), answer);
        }

        return got.Length;
    }

    private static byte[] Question(int flow) => TestFrames.Ipv4(
        Boxes.LanHost, "192.168.1.1", TestTransport.Udp((ushort)(Hello + flow), flow % 2 == 0 ? (ushort)53 : (ushort)2222, 12));

    private static IndirectionTable SomeTable(ApplianceNode node, Random random) =>
        new([.. node.Steering.Table.Owners.Select(owner => random.Next(4) == 0 ? (ushort)random.Next(Vcpus) : owner)]);
}
