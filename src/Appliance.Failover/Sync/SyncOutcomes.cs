using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>The accounts of one worker's side of sync: written by it, read by anyone.</summary>
public sealed class SyncOutcomes
{
    private readonly long[] _adoptions = new long[Enum.GetValues<FlowAdoption>().Length];
    private readonly long[] _events = new long[Enum.GetValues<SyncOutcome>().Length];

    public long this[FlowAdoption outcome] => Volatile.Read(ref _adoptions[(int)outcome]);

    public long this[SyncOutcome outcome] => Volatile.Read(ref _events[(int)outcome]);

    internal void Count(FlowAdoption outcome) => Volatile.Write(ref _adoptions[(int)outcome], _adoptions[(int)outcome] + 1);

    internal void Count(SyncOutcome outcome, int times = 1) => Volatile.Write(ref _events[(int)outcome], _events[(int)outcome] + times);
}
