using Appliance.Engine;

namespace Appliance.Routing;

/// <summary>Sends what the control side says on a wire: its frames pass no stage and wait behind no data.</summary>
public interface IControlSender
{
    /// <summary>
    /// Sends one frame. What a port cannot send is lost, as it would be on the wire; who asks asks again.
    /// </summary>
    /// <param name="port">Physical.</param>
    /// <param name="frame">From its Ethernet header on, its tags in place; borrowed for the call.</param>
    void Send(PortId port, ReadOnlySpan<byte> frame);
}
