using Xunit;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>Every state and every event of RFC 4862 §5.4 and RFC 5227 §2, against the table written out by hand.</summary>
public sealed class ClaimTransitionsTests
{
    [Theory]
    [InlineData(ClaimState.Waiting, "Probing Probe", "Probing Probe", "Duplicate Report")]
    [InlineData(ClaimState.Probing, "Probing Probe", "Announcing Announce, Report", "Duplicate Report")]
    [InlineData(ClaimState.Announcing, "Announcing Announce", "Owned None", "Announcing Defend, Report")]
    [InlineData(ClaimState.Owned, "Owned None", "Owned None", "Owned Defend, Report")]
    [InlineData(ClaimState.Duplicate, "Waiting None", "Waiting None", "Duplicate None")]
    public void A_claim_goes_where_the_standards_say(ClaimState state, string due, string done, string challenged)
    {
        Assert.Equal(due, Text(ClaimTransitions.Find(state, ClaimEvent.Due)));
        Assert.Equal(done, Text(ClaimTransitions.Find(state, ClaimEvent.Done)));
        Assert.Equal(challenged, Text(ClaimTransitions.Find(state, ClaimEvent.Challenged)));
    }

    [Fact]
    public void The_table_has_every_pair()
    {
        Assert.Equal(5, Enum.GetValues<ClaimState>().Length);
        Assert.Equal(3, Enum.GetValues<ClaimEvent>().Length);
    }

    private static string Text((ClaimState State, ClaimActions Actions) step) => $"{step.State} {step.Actions}";
}
