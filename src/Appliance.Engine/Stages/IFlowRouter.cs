namespace Appliance.Engine;

/// <summary>Sends frames another way than the routes', behind the stage that has asked these.</summary>
public interface IFlowRouter
{
    /// <summary>
    /// Gives a routed frame, or train, the port and the neighbour of a way. False, and nothing is done: nobody answers there.
    /// </summary>
    /// <param name="frame">Whose datagram is IPv4 or IPv6.</param>
    /// <param name="way">Of <see cref="IFlowWays"/>.</param>
    bool TryTake(Frame frame, ushort way);
}
