using Xunit;

namespace Appliance.Tests;

/// <summary><c>counters</c> of a scenario: the numbers of <c>replay --json</c>.</summary>
public sealed class CounterExpectationTests : IDisposable
{
    private readonly ScenarioRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Numbers_of_the_document_are_met() => _rig.MustPass("""
        config: router.yaml
        counters:
          frames.in: 5
          frames.consumed: 1
          drops.hop-limit: 1
          drops.martian: 0
          ports.lan.20.in: 0
          inputs.0.frames: 5
          vcpus.1.id: 1
        """);

    [Fact]
    public void Each_that_is_not_met_has_its_line() => Assert.Equal(
        [
            "3:3: frames.in: expected 6, found 5",
            "4:3: drops.martian: expected 1, found 0",
            "5:3: frames.inn: expected 0, found no such counter",
        ],
        _rig.MustFail("config: router.yaml\ncounters:\n  frames.in: 6\n  drops.martian: 1\n  frames.inn: 0\n"));

    [Fact]
    public void The_number_of_vcpus_is_that_of_the_scenario()
    {
        _rig.MustPass("config: router.yaml\nvcpus: 4\ncounters: {vcpus.3.id: 3}\n");
        Assert.Equal(
            ["3:12: vcpus.2.id: expected 2, found no such counter"],
            _rig.MustFail("config: router.yaml\nvcpus: 2\ncounters: {vcpus.2.id: 2}\n"));
    }
}
