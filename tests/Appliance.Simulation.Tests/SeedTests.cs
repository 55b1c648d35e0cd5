using Appliance.Ports.Linux;
using Xunit;

namespace Appliance.Simulation.Tests;

/// <summary>Drills that once broke an invariant, each for a reason of its own; what was wrong has a test of its own where it was.</summary>
public sealed class SeedTests
{
    private const int Seconds = 60;

    [Theory]
    [InlineData(10374)]                                               // a connection taken over by a repeated segment, and back
    [InlineData(10376)]                                               // one box forgot all while the other slept
    [InlineData(10641)]                                               // each box translated a flow on its own
    [InlineData(10712)]                                               // late, not asleep: taken back by an operator meanwhile
    [InlineData(11211)]                                               // one side at a box that has lost the other
    [InlineData(12025)]                                               // nobody spoke for as long as a state lasts
    [InlineData(12284)]                                               // adverts that teach no switch; a flow of a lingering box
    [InlineData(12417)]                                               // a rival right behind an advert
    [InlineData(12551)]                                               // who slept knew old numbers of a connection
    [InlineData(22351)]                                               // what is late is under way when the wire is mended
    [InlineData(22442)]                                               // as 11211, the other way round
    [InlineData(30038)]                                               // a wire that was mended a moment ago
    [InlineData(30311)]                                               // a master that slept alone
    [InlineData(50570)]                                               // who slept preempted before it had heard of new flows
    [InlineData(51362)]                                               // a lease renewed behind a wake-up
    [InlineData(62508)]                                               // a box that was awake again a moment ago
    [InlineData(70755)]                                               // replaced by a clock that leapt
    [InlineData(73448)]                                               // frozen while nobody could hear it
    [InlineData(27549)]                                               // begun anew beside a peer that it could not hear by the sync link
    [InlineData(29082)]                                               // only the sleeper had seen it, and longer ago than a state lasts
    [InlineData(40633)]                                               // and heard old adverts first
    [InlineData(96837)]                                               // spoken to by its port's address before it had asked
    [InlineData(97151)]                                               // as 96837, a new flow
    [InlineData(97121)]                                               // each box saw another end's FIN
    [InlineData(87337)]                                               // one side taken for dead, the other merely late
    public void What_was_broken_once_holds(long seed)
    {
        DrillOutcome outcome = Drill.Run((ulong)seed, Seconds, MappedMemory.HugePages.Sparse);
        string told = $"{outcome.Profile}:\n{string.Join('\n', outcome.Violations)}\n\n{string.Join('\n', outcome.Timeline)}";
        Assert.True(outcome.IsPassed, told);
    }
}
