namespace Appliance.Engine;

/// <summary>
/// New rules under which flows may find other buckets (key, hash types, number of buckets): no frame may be judged by the new rules while
/// one of the same flow still is by the old, or still waits to be sent.
/// <code>
///   1. each worker, by mail: leaves frames in its ports, and sets a mark in its rings behind its last frame by the old rules
///   2. each, when it has passed the marks of all and others have taken what it redirected: has handed off
///   3. each, when all have handed off and others have taken what it redirected meanwhile: has drained
///   4. each, when all have drained and it has sent what it made and queued: has flushed
///   5. each, when all have flushed: the new rules; what it keeps of buckets that are others' goes to these, one letter to each
///   6. each, when the letters of all others have come: a second mark, and on
/// </code>
/// An error that quotes a flow may be redirected twice, so 2 comes twice. From 5 to 6 nobody judges. Frames wait where they arrived, and
/// none is lost that the port can hold for these breaths.
/// </summary>
/// <param name="number">One more than the last change's; the second mark has the one behind it.</param>
/// <param name="rules">What to go on with.</param>
/// <param name="workers">How many have to stop.</param>
public sealed class SteeringSwap(uint number, SteeringRules rules, int workers) : IWorkerMail
{
    private int _toHandOff = workers;
    private int _toDrain = workers;
    private int _toFlush = workers;
    private int _toGoOn = workers;

    /// <summary>Numbers that a swap takes.</summary>
    public const int Numbers = 2;

    public uint Number => number;

    public SteeringRules Rules => rules;

    /// <summary>Whether what had been redirected once by then has been judged where it went.</summary>
    public bool IsHandedOff => Volatile.Read(ref _toHandOff) == 0;

    /// <summary>Whether nobody will judge another frame that was steered by the old rules.</summary>
    public bool IsDrained => Volatile.Read(ref _toDrain) == 0;

    /// <summary>Whether everything that was steered by them has left.</summary>
    public bool IsFlushed => Volatile.Read(ref _toFlush) == 0;

    /// <summary>Whether every worker goes by the new rules.</summary>
    public bool IsDone => Volatile.Read(ref _toGoOn) == 0;

    public void Deliver(Worker worker) => worker.Begin(this);

    internal void CountHandedOff() => Interlocked.Decrement(ref _toHandOff);

    internal void CountDrained() => Interlocked.Decrement(ref _toDrain);

    internal void CountFlushed() => Interlocked.Decrement(ref _toFlush);

    internal void CountGoingOn() => Interlocked.Decrement(ref _toGoOn);
}
