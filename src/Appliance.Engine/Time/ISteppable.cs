namespace Appliance.Engine;

/// <summary>
/// A part that is told the time and never asks for it: driven by a thread in production, by the replay or the simulator elsewhere.
/// </summary>
public interface ISteppable
{
    /// <summary>Does what is due at <paramref name="now"/>. Answers how much was done; 0 means idle.</summary>
    int Step(MonotonicTime now);

    /// <summary>When to step again although nothing arrives.</summary>
    MonotonicTime NextDeadline { get; }
}
