using Appliance.Wire.Ethernet;

namespace Appliance.Engine;

/// <summary>A way in and out of the appliance: a NIC, a TAP, a capture file, a queue in memory.</summary>
public interface IPort : IDisposable
{
    PortId Id { get; }
    string Name { get; }
    MacAddress Mac { get; }
    int MtuBytes { get; }
    LinkState Link { get; }
    PortCapabilities Capabilities { get; }

    /// <summary>Opens one queue for one worker, which receives into frames of <paramref name="pool"/>. The port owns the queue.</summary>
    IPortQueue OpenQueue(int index, FramePool pool);
}
