using Appliance.Configuration;

namespace Appliance.Running;

/// <summary>Where live ports come from: the devices of this machine. One thread's.</summary>
internal interface IPortSource
{
    /// <summary>
    /// What changes when devices come and go: readable then, until <see cref="ReadEvents"/>; -1: there is no such thing, and they are
    /// looked
    /// for now and then.
    /// </summary>
    int EventDescriptor { get; }

    /// <summary>Takes what has been announced since the last time; true: devices may have come, gone or changed.</summary>
    bool ReadEvents();

    /// <summary>Opens the device of a physical port. Throws <see cref="PortFault"/>.</summary>
    /// <param name="port">Its index becomes the port's identity.</param>
    /// <param name="queues">One for each worker.</param>
    LiveDevice Open(PortModel port, int queues);

    /// <summary>Whether a device for it is there, so that it is worth a try to open it.</summary>
    bool HasDevice(PortModel port);

    /// <summary>The number of the device that a port means, whatever it calls it; null: there is none now.</summary>
    int? IndexOf(PortModel port);

    /// <summary>The configuration says the MTU of a device that is made for its port, as a TAP is. False: it cannot be set.</summary>
    bool TrySetMtu(LiveDevice open, int bytes);

    /// <summary>Whether the very device that was opened is still there.</summary>
    bool IsThere(LiveDevice open);
}
