namespace Appliance.Configuration;

/// <summary>The parts of a model that change by themselves.</summary>
public enum ModelPart
{
    Name,
    Vcpus,
    Port,
    Neighbor,
    Route,
    Steering,
    Firewall,
    CarpGroup,
    Sync,
    FailoverPolicy,
    Management,
}
