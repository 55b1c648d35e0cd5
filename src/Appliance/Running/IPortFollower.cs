using Appliance.Engine;

namespace Appliance.Running;

/// <summary>Is told by the control thread which devices there are.</summary>
internal interface IPortFollower
{
    /// <summary>A port has a device, before the workers have.</summary>
    void Came(PortId port, LiveDevice device);

    /// <summary>Its device goes; its wire is closed behind this call.</summary>
    void Went(PortId port);

    /// <summary>Its link came up or went down while the device stayed.</summary>
    void Linked(PortId port, bool isUp);
}
