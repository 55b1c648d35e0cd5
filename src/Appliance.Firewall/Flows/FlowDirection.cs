namespace Appliance.Firewall;

/// <summary>Which way the frame that made a state passed its port. Its answers pass the other way and find the same state.</summary>
public enum FlowDirection : byte
{
    In = 1,
    Out = 2,
}
