using Appliance.Engine;

namespace Appliance.Running;

/// <summary>Hears what comes by the wires of control traffic, behind whoever answers it.</summary>
internal interface IControlListener
{
    /// <param name="port">The physical port.</param>
    /// <param name="frame">As it came, tagged or not.</param>
    void Hear(PortId port, ReadOnlySpan<byte> frame);
}
