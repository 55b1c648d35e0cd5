namespace Appliance.Firewall;

/// <summary>Where a state is found again.</summary>
public enum StateBinding : byte
{
    Default,                    // as `set state-policy` says
    Floating,                   // at every port
    IfBound,                    // at the port where it was made
}
