using Appliance.Engine;
using Appliance.Failover;

namespace Appliance.Node;

/// <summary>Sends what failover says, by a way of its own: its frames pass no stage and wait behind no data.</summary>
public interface IFailoverSender
{
    /// <summary>Sends one frame, at once or not at all, and says which.</summary>
    /// <param name="port">Physical.</param>
    /// <param name="frame">From its Ethernet header on, its tags in place; borrowed for the call.</param>
    CarpSendOutcome Send(PortId port, ReadOnlySpan<byte> frame);
}
