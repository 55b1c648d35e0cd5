using Appliance.Failover;
using Xunit;
using static Appliance.Node.Tests.Failover.PairBench;

namespace Appliance.Node.Tests.Failover;

/// <summary>What two boxes that are equal in all decide by, whatever each thinks of the other's address.</summary>
public sealed class TieTests
{
    [Theory]
    [InlineData("10.9.0.2", "10.9.0.1")]
    [InlineData("10.9.0.2", "10.9.0.9")]                                // of nobody
    [InlineData("fe80::ff:fe00:102", "fe80::ff:fe00:2")]
    public void One_of_two_equals_has_all_groups(string first, string second)
    {
        using PairBench bench = Equals(first, second);
        bench.Run(100 * Millisecond);
        Assert.Equal(2, Masters(bench));
        bench.Run(5 * Second);
        bench.Told.Clear();
        bench.Run(20 * Second);
        Assert.Empty(bench.Told);
        Assert.Equal(2, Masters(bench));
        Assert.NotEqual(bench.Boxes[0].Lane!.WinsTies, bench.Boxes[1].Lane!.WinsTies);
    }

    [Fact]
    public void A_link_local_peer_is_heard_on_the_sync_link()
    {
        using PairBench bench = Equals("fe80::ff:fe00:102", "fe80::ff:fe00:2");
        bench.Run(Second);
        Assert.All(bench.Boxes, box => Assert.True(box.Lane!.IsAlive(0, bench.Now)));
    }

    private static int Masters(PairBench bench) => bench.Boxes.Sum(box => box.Carp.Groups.Count(group => group.State == CarpState.Master));

    private static PairBench Equals(string first, string second) => new(box => Yaml(
        box, $"  sync: {{port: sync, peer: \"{(box == 0 ? first : second)}\", key-file: sync.key}}")
        .Replace("advskew: 100", "advskew: 0", StringComparison.Ordinal));
}
