namespace Appliance.Engine;

/// <summary>
/// What a random choice is for. The value enters the keyed function, so two purposes never share a sequence; never renumber.
/// </summary>
public enum RandomPurpose : uint
{
    SteeringKey = 1,
    RuleProbability = 20,
    FlowTable = 21,
}
