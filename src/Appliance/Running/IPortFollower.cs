using Appliance.Engine;

namespace Appliance.Running;

/// <summary>Is told by the control thread which devices there are.</summary>
internal interface IPortFollower
{
    /// <summary>A port has a device, before the workers have.</summary>
    void Came(PortId port, LiveDevice device);

    /// <summary>Its device goes; its wire is closed behind this call.</summary>
    void Went(PortId port);

    /// <summary>The configuration that is about to be in force has no such port; what was its wire is closed behind this call.</summary>
    void Removed(PortId port)
    {
        Linked(port, isUp: false);
        Went(port);
    }

    /// <summary>Its link came up or went down while the device stayed.</summary>
    void Linked(PortId port, bool isUp);
}
