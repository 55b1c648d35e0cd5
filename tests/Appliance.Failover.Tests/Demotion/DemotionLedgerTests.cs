using Appliance.Engine;
using Xunit;

namespace Appliance.Failover.Tests;

public sealed class DemotionLedgerTests
{
    private static readonly MonotonicTime Now = new(5);

    [Fact]
    public void Every_reason_stands_by_its_name_and_the_total_is_their_sum()
    {
        var ledger = new DemotionLedger();
        Assert.True(ledger.Set(DemotionCause.InterfaceDown, "1@wan", 240, Now));
        Assert.True(ledger.Set(DemotionCause.InterfaceDown, "2@wan", 240, Now));
        Assert.True(ledger.Set(DemotionCause.StateSync, "", 240, Now));
        Assert.True(ledger.Set(DemotionCause.Administrative, "", -20, Now));
        Assert.Equal(700, ledger.Total);
        Assert.Equal("700 = 240 InterfaceDown 1@wan + 240 InterfaceDown 2@wan + 240 StateSync + -20 Administrative", ledger.ToString());
        Assert.Equal(240, ledger.AmountOf(DemotionCause.InterfaceDown, "2@wan"));
        Assert.Equal(0, ledger.AmountOf(DemotionCause.InterfaceDown, "3@wan"));
    }

    [Fact]
    public void What_is_set_twice_counts_once_and_what_is_withdrawn_is_gone()
    {
        var ledger = new DemotionLedger();
        Assert.True(ledger.Set(DemotionCause.Maintenance, "", 240, Now));
        Assert.False(ledger.Set(DemotionCause.Maintenance, "", 240, Now));
        Assert.True(ledger.Set(DemotionCause.Maintenance, "", 100, Now));
        Assert.Equal(100, ledger.Total);
        Assert.True(ledger.Set(DemotionCause.Maintenance, "", 0, Now));
        Assert.False(ledger.Set(DemotionCause.Maintenance, "", 0, Now));
        Assert.Empty(ledger.Entries);
        Assert.Equal("0", ledger.ToString());
    }

    [Fact]
    public void The_sum_stays_within_an_int()
    {
        var ledger = new DemotionLedger();
        ledger.Set(DemotionCause.Administrative, "", int.MaxValue, Now);
        ledger.Set(DemotionCause.Service, "a", int.MaxValue, Now);
        Assert.Equal(int.MaxValue, ledger.Total);
        ledger.Set(DemotionCause.Service, "a", int.MinValue, Now);
        ledger.Set(DemotionCause.Service, "b", int.MinValue, Now);
        Assert.Equal(int.MinValue, ledger.Total);
        ledger.Set(DemotionCause.Service, "a", 0, Now);
        ledger.Set(DemotionCause.Service, "b", 0, Now);
        Assert.Equal(int.MaxValue, ledger.Total);
    }
}
