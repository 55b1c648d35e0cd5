using Appliance.Engine;
using Appliance.Running;
using Xunit;

namespace Appliance.Tests.Live;

public sealed class OperatorLogTests
{
    private readonly List<string> _lines = [];
    private MonotonicTime _now = new(1);

    [Fact]
    public void What_repeats_is_told_a_few_times_and_then_counted()
    {
        OperatorLog log = Log();
        for (int i = 0; i < 100; i++) log.SayOften("wan", $"line {i}");
        Assert.Equal(Enumerable.Range(0, OperatorLog.Burst).Select(i => $"line {i}"), _lines);
        _now += OperatorLog.Interval;
        log.SayOften("wan", "again");
        Assert.Equal([$"wan: {100 - OperatorLog.Burst} more lines like the last were not shown", "again"], _lines[OperatorLog.Burst..]);
    }

    [Fact]
    public void Subjects_are_counted_apart_and_what_somebody_wanted_not_at_all()
    {
        OperatorLog log = Log();
        for (int i = 0; i < OperatorLog.Burst; i++) log.SayOften("wan", "gone");
        log.SayOften("lan", "gone too");
        for (int i = 0; i < 2 * OperatorLog.Burst; i++) log.Say("reloaded");
        Assert.Equal((3 * OperatorLog.Burst) + 1, _lines.Count);
    }

    private OperatorLog Log() => new(_lines.Add, () => _now);
}
