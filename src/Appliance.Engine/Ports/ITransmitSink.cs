namespace Appliance.Engine;

/// <summary>Who sees the frames that leave by a port in memory.</summary>
public interface ITransmitSink
{
    /// <summary>The bytes are borrowed for the call.</summary>
    void OnTransmit(PortId port, Frame frame);
}
