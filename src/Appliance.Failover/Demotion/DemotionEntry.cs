using Appliance.Engine;

namespace Appliance.Failover;

/// <summary>One reason, by its cause and what it is about.</summary>
/// <param name="Cause">Why.</param>
/// <param name="Subject">About what: a group and port (<c>1@wan</c>), a service; empty where there is only one.</param>
/// <param name="Amount">In 1/256 s of skew; may be negative.</param>
/// <param name="Since">When this amount was set.</param>
public readonly record struct DemotionEntry(DemotionCause Cause, string Subject, int Amount, MonotonicTime Since)
{
    /// <summary>Whose it is, where that may change its name; null: the subject says it.</summary>
    internal object? Owner { get; init; }
}
