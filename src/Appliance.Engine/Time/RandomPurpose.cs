namespace Appliance.Engine;

/// <summary>
/// What a random choice is for. The value enters the keyed function, so two purposes never share a sequence; never renumber.
/// </summary>
public enum RandomPurpose : uint
{
    SteeringKey = 1,
    RuleProbability = 20,
    FlowTable = 21,
    TranslationPort = 0x0401,
    TranslationAddress = 0x0402,
    TranslationFlow = 0x0403,
    TranslationClaim = 0x0404,
    SourceNode = 0x0405,
    EndpointMapping = 0x0406,
    FlowDigest = 0x0407,
    TableDigest = 0x0408,
    NeighbourHash = 0x0501,
    ReachableTime = 0x0502,
    ClaimDelay = 0x0503,
    GroupReport = 0x0504,
    NeighbourDigest = 0x0505,
    CarpCounter = 0x0601,
    CarpTie = 0x0602,
    Simulation = 0x0701,
    ReplaySecret = 0x0702,
}
