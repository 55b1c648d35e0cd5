namespace Appliance.Ports.Linux;

/// <summary>Which way a frame takes from its device.</summary>
public enum TrafficWay
{
    /// <summary>The data queues'.</summary>
    Data,

    /// <summary>That of control traffic alone.</summary>
    Control,

    /// <summary>Both: the control side wants to hear it, and it is for others as well.</summary>
    Both,
}
