using Appliance.Configuration;
using Appliance.Node;

namespace Appliance.Management;

/// <summary>
/// A running appliance as its management sees it. Everything here is called by the control thread only: the one that tends the node.
/// </summary>
public interface IRunningAppliance
{
    ApplianceNode Node { get; }

    /// <summary>The configuration in force as its file says it, without what has been learned since.</summary>
    RuntimeModel Asked => Node.Configuration;

    /// <summary>
    /// Puts a configuration in force, ports and all, without dropping established states; or says why not, and then nothing has changed.
    /// </summary>
    ApplyAnswer Apply(RuntimeModel next);

    /// <summary>Null: the configuration has no pair.</summary>
    IFailoverDesk? Failover => null;

    /// <summary>What is known of the device of a logical port beside its configuration; null: nothing.</summary>
    PortStatus? StatusOf(int port) => null;

    /// <summary>Which part of its time a worker had work, 0 to 1; null: nobody measures it.</summary>
    double? BusyShareOf(int worker) => null;
}
