using Appliance.Firewall;
using Appliance.Testing;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Node.Tests.Firewall;

/// <summary>Tables that are edited while a ruleset is in force.</summary>
public sealed class TableTests
{
    private const string Gate = """
        table <bad> persist
        table <good> { 192.168.1.0/24 } counters
        table <fixed> const { 192.0.2.1 }
        pass all no state
        block in quick on lan from <bad>
        block in quick on lan from ! <good>

        """;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void What_is_added_counts_from_the_next_packet_on(int vcpus)
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + Gate, vcpus);
        box.Send("lan", Query()).Forwarded("wan");
        Assert.Equal(new TableOutcome(TableFault.None, new TableChange(1, 0, 0, 0)), box.Node.Tables.Add("bad", Entry("192.168.1.10/32")));
        box.Send("lan", Query()).MustBeDropped("block");
        box.Node.Tables.Add("bad", Entry("192.168.1.10/32"), Entry("10.0.0.0/8"));
        box.Node.Tables.Delete("bad", Entry("192.168.1.10/32"));
        box.Send("lan", Query()).Forwarded("wan");
        Assert.Equal(["10.0.0.0/8"], box.Node.Tables.Show("bad")!.Value.Select(row => row.Entry.ToString()));
        box.Node.Tables.Replace("good", [Entry("10.0.0.0/8")]);
        box.Send("lan", Query()).MustBeDropped("block");
        Assert.Equal(1, box.Node.Tables.Flush("bad").Change.Deleted);
    }

    [Fact]
    public void What_cannot_be_edited_says_why()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + "set limit table-entries 3\n" + Gate);
        Assert.Equal(["bad", "good", "fixed"], box.Node.Tables.Names);
        Assert.Equal(TableFault.NoSuchTable, box.Node.Tables.Add("none", Entry("10.0.0.0/8")).Fault);
        Assert.Equal(TableFault.IsConstant, box.Node.Tables.Flush("fixed").Fault);
        Assert.Equal(TableFault.IsFull, box.Node.Tables.Add("bad", [.. Enumerable.Range(1, 4).Select(i => Entry($"10.0.0.{i}/32"))]).Fault);
        Assert.Null(box.Node.Tables.Show("none"));
        Assert.Null(box.Node.Tables.Test("none"));
        Assert.Equal(TableFault.NoSuchTable, box.Node.Tables.Zero("none"));
        IpAddress inside = TestFrames.V4("192.168.1.9"), outside = TestFrames.V4("192.168.2.9");
        Assert.Equal([inside], box.Node.Tables.Test("good", inside, outside)!.Value);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Tables_that_count_tell_what_passed_and_what_did_not_by_entry(int vcpus)
    {
        using var box = new Box(
            Boxes.Edge + Boxes.Ruleset
                + "table <t> counters { 192.168.1.10, 192.168.1.11, !192.168.1.12, 192.168.1.0/24 }\nblock in on lan from <t>\n"
                + "pass in on lan proto udp from <t> to port 53\n"
                + "block in on lan proto udp from { <t> } to port 54\npass out on wan no state\n",
            vcpus);
        for (int i = 0; i < 3; i++) box.Send("lan", Query()).Forwarded("wan");
        box.Send("wan", TestFrames.Ipv4(Boxes.Outside, Boxes.LanHost, TestTransport.Udp(53, 5000, 8))).Forwarded("lan");
        box.Send("lan", Query("192.168.1.11", 54)).MustBeDropped("block");
        box.Send("lan", Query("192.168.1.13")).Forwarded("wan");
        Assert.Equal(
            [
                "192.168.1.0/24: 0 1 0 0", "192.168.1.10/32: 0 3 0 1", "192.168.1.11/32: 1 0 0 0", "! 192.168.1.12/32: 0 0 0 0",
            ],
            Counts(box));
        Assert.Equal(3 * 36, box.Node.Tables.Show("t")!.Value[1].InPass.Bytes);
        box.Node.Tables.Zero("t");
        Assert.All(Counts(box), line => Assert.EndsWith(": 0 0 0 0", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Another_ruleset_decides_what_is_in_the_tables_that_it_fills_and_leaves_the_others()
    {
        using var box = new Box(Boxes.Edge + Boxes.Ruleset + Gate);
        box.Node.Tables.Add("bad", Entry("10.0.0.0/8"));
        box.Node.Tables.Add("good", Entry("10.0.0.0/8"));
        box.Node.Apply(Box.ModelOf(Boxes.Edge + Boxes.Ruleset + Gate + "pass out on wan no state\n"));
        box.Node.StepUntilIdle(box.Now);
        Assert.Equal(["10.0.0.0/8"], box.Node.Tables.Show("bad")!.Value.Select(row => row.Entry.ToString()));
        Assert.Equal(["192.168.1.0/24"], box.Node.Tables.Show("good")!.Value.Select(row => row.Entry.ToString()));
        box.Node.Tables.Add("bad", Entry("192.168.1.10/32"));
        box.Send("lan", Query()).MustBeDropped("block");
    }

    private static string[] Counts(Box box) => [.. box.Node.Tables.Show("t")!.Value.Select(row =>
        $"{row.Entry}: {row.InBlock.Packets} {row.InPass.Packets} {row.OutBlock.Packets} {row.OutPass.Packets}")];

    private static TableEntry Entry(string text) =>
        IpPrefix.TryParse(text, out IpPrefix prefix) ? new TableEntry(prefix) : throw new FormatException(text);

    private static byte[] Query(string from = Boxes.LanHost, ushort to = 53) =>
        TestFrames.Ipv4(from, Boxes.Outside, TestTransport.Udp(5000, to, 8));
}
