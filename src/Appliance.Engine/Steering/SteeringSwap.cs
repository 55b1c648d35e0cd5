namespace Appliance.Engine;

/// <summary>
/// New rules under which flows may find other buckets (key, hash types, number of buckets): no frame may be judged by the new rules while
/// one of the same flow still is by the old. Every worker stops taking frames from its ports, finishes what it was handed under the old
/// rules, and says so; when all have, all go on. Frames wait where they arrived, and none is lost that the port can hold for these breaths.
/// </summary>
/// <param name="number">One more than the last move's or swap's.</param>
/// <param name="rules">What to go on with.</param>
/// <param name="workers">How many have to stop.</param>
public sealed class SteeringSwap(uint number, SteeringRules rules, int workers) : IWorkerMail
{
    private int _toStop = workers;
    private int _toGoOn = workers;

    public uint Number => number;

    public SteeringRules Rules => rules;

    /// <summary>Whether nobody has a frame left that was steered by the old rules.</summary>
    public bool IsDrained => Volatile.Read(ref _toStop) == 0;

    /// <summary>Whether every worker goes by the new rules.</summary>
    public bool IsDone => Volatile.Read(ref _toGoOn) == 0;

    public void Deliver(Worker worker) => worker.Begin(this);

    internal void CountStopped() => Interlocked.Decrement(ref _toStop);

    internal void CountGoingOn() => Interlocked.Decrement(ref _toGoOn);
}
