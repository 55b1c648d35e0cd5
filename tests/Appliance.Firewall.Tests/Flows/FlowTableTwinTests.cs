using Appliance.Testing;
using Xunit;

namespace Appliance.Firewall.Tests;

public sealed class FlowTableTwinTests(ITestOutputHelper output)
{
    private static readonly string[] Everything =
    [
        "state Admitted", "state Collision", "state StateLimit", "state TableFull", "alias counted", "alias no room",
        "moved", "lost", "alias lost", "expired",
    ];

    /// <summary>
    /// IPv6 keys with their whole digest, with digests so short that some meet, and so short that more of them meet than may. Only then is
    /// a key ever refused for the company it is in: a search counts eight, and with whole digests that is all there can be: two aliases
    /// and two entries of a state in each of the three buckets that have any.
    /// </summary>
    [Theory]
    [InlineData(ulong.MaxValue, false)]
    [InlineData(0x3f, null)]
    [InlineData(0x7, true)]
    public void The_table_does_what_its_twin_does(ulong digestMask, bool? isCrowded)
    {
        int operations = TestSize.Of(person: 100_000, server: 500_000, soak: 20_000_000), seed = TestSize.Seed(21);
        using var run = new FlowTwinRun(seed, digestMask);
        for (int i = 0; i < operations; i++)
        {
            long eighth = i * 8L / operations;
            run.Operate(canBind: eighth / 2 % 2 == 0, isFilling: eighth % 2 == 0);
        }

        run.Empty();
        output.WriteLine($"seed {seed}, {operations:N0} operations, at most {run.MostEqual} entries of a key");
        foreach ((string what, int times) in run.Seen) output.WriteLine($"{what,20} {times,12:N0}");
        Assert.All(Everything, what => Assert.True(run.Seen.GetValueOrDefault(what) > 0, $"Seed {seed}: there was no {what}."));
        int crowded = run.Seen.Where(seen => seen.Key.EndsWith("crowded", StringComparison.Ordinal)).Sum(seen => seen.Value);
        if (isCrowded is not null) Assert.Equal(isCrowded, crowded > 0);
        Assert.InRange(run.MostEqual, isCrowded == true ? FlowIndex.MaxEqual : 5, FlowIndex.MaxEqual);
    }
}
