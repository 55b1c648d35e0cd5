using Appliance.Engine;
using Appliance.Failover;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;

namespace Appliance.Node.Tests.Failover;

/// <summary>A pair with a lane beside a plain CARP speaker that the lane does not know: <c>peers: open</c>.</summary>
public sealed class ThirdSpeakerTests
{
    private static readonly PortId Lan = new(0), Wan = new(1);

    [Theory]
    [InlineData(0, "on")]
    [InlineData(0, "off")]
    [InlineData(200, "off")]                                            // the worse one, which nobody may preempt
    public void Where_a_third_is_master_neither_takes_over_for_the_other_is_none(byte skew, string preempt)
    {
        using PairBench bench = Open(preempt);
        var third = new Third(bench, skew);
        third.Run(20 * Second);
        Assert.DoesNotContain(bench.Told, told => (told.Entry.Group, told.Entry.To) == ("1@lan", CarpState.Master));
        Assert.Equal(("BACKUP MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        Assert.Single(bench.Told, told => told.Entry.To == CarpState.Master);
    }

    [Fact]
    public void Nor_when_the_other_dies()
    {
        using PairBench bench = Open();
        var third = new Third(bench, skew: 0);
        third.Run(5 * Second);
        bench.Dead.Add(0);
        third.Run(50 * Millisecond);
        Assert.Equal("BACKUP MASTER", bench.StatesOf(1));
        third.Run(20 * Second);
        Assert.DoesNotContain(bench.Told, told => (told.Entry.Group, told.Entry.To) == ("1@lan", CarpState.Master));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_the_third_is_gone_the_better_one_is_master(bool bowsOut)
    {
        using PairBench bench = Open();
        var third = new Third(bench, skew: 0);
        third.Run(5 * Second);
        if (bowsOut) third.Stop();
        bench.Run(bowsOut ? 100 * Millisecond : (3 * Second) + (50 * Millisecond));
        Assert.Equal(("MASTER MASTER", "BACKUP BACKUP"), (bench.StatesOf(0), bench.StatesOf(1)));
        bench.Told.Clear();
        bench.Run(20 * Second);
        Assert.Empty(bench.Told);
    }

    /// <summary>What it said last is not a third's.</summary>
    [Theory]
    [InlineData("dead")]
    [InlineData("without a link")]
    [InlineData("without its other side")]
    public void What_the_other_has_no_more_is_taken_over_at_once(string other)
    {
        using PairBench bench = Open();
        bench.Run(20 * Second);
        Assert.Equal("MASTER MASTER", bench.StatesOf(0));
        CarpGroup group = bench.Boxes[1].Carp.Groups[0];
        for (CarpAdvertisement? before = group.Heard; group.Heard == before;) bench.Run(Millisecond);
        bench.Cut.Add(Lan);                                             // so that no word of its end comes
        if (other == "dead") bench.Dead.Add(0);
        else bench.Boxes[0].OnLink(other == "without a link" ? Lan : Wan, LinkState.Down, bench.Now);
        bench.Run(50 * Millisecond);
        Assert.Equal("MASTER MASTER", bench.StatesOf(1));
    }

    private static PairBench Open(string preempt = "on") => new(
        box => Yaml(box, more: "peers: open").Replace("preempt: on", $"preempt: {preempt}", StringComparison.Ordinal));

    /// <summary>Master of the group on lan whatever it hears, which is nothing.</summary>
    private sealed class Third
    {
        private const long Tick = 10 * Millisecond;

        private readonly PairBench _bench;
        private readonly CarpNode _node;
        private readonly byte[] _frame = new byte[CarpFrames.MaxLength];

        public Third(PairBench bench, byte skew)
        {
            FailoverPlan plan = bench.Boxes[0].Plan;
            CarpGroupSettings group = plan.Settings.Groups.Single(asked => asked.Port == Lan) with { Interval = new CarpInterval(1, skew) };
            _bench = bench;
            _node = new CarpNode(plan.Settings with { Groups = [group] }, KeyedRandom.FromSeed(3));
            _node.OnPort(
                plan.Find(Lan)!.Facts with
                {
                    Mac = new MacAddress(0x0200_0000_0300), Addresses = [new Ipv4Address(0xc0a8_010d)], Link = LinkState.Up,
                },
                bench.Now);
            _node.Force(_node.Groups[0], master: true, bench.Now);
            Speak();
        }

        public void Run(long nanoseconds)
        {
            for (MonotonicTime until = _bench.Now + nanoseconds; _bench.Now < until;)
            {
                _bench.Run(Tick);
                _node.Step(_bench.Now);
                Speak();
            }
        }

        public void Stop()
        {
            _node.Stop(_bench.Now);
            Speak();
        }

        private void Speak()
        {
            while (_node.Actions.TryTake(out CarpAction action))
            {
                if (action.Kind != CarpActionKind.SendAdvertisement) continue;
                int length = CarpFrames.Write(action, dscp: 56, _frame);
                foreach (FailoverControl box in _bench.Boxes.Where((_, box) => !_bench.Dead.Contains(box)))
                    box.OnFrame(Lan, _frame.AsSpan(0, length).ToArray(), _bench.Now);
            }
        }
    }
}
