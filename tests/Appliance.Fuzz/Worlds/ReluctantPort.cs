using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Fuzz.Worlds;

/// <summary>A port that takes only as many frames as it is told to, as one does whose ring is full.</summary>
internal sealed class ReluctantPort(IPort port, Willingness willingness) : IPort
{
    public PortId Id => port.Id;
    public string Name => port.Name;
    public MacAddress Mac => port.Mac;
    public int MtuBytes => port.MtuBytes;
    public LinkState Link => port.Link;
    public PortCapabilities Capabilities => port.Capabilities;

    public IPortQueue OpenQueue(int index, FramePool pool) => new Queue(port.OpenQueue(index, pool), willingness);

    public void Dispose() => port.Dispose();

    private sealed class Queue(IPortQueue queue, Willingness willingness) : IPortQueue
    {
        public int WakeupDescriptor => queue.WakeupDescriptor;

        public int Receive(FrameBatch into) => queue.Receive(into);

        public int Transmit(ReadOnlySpan<Frame> frames)
        {
            int taken = queue.Transmit(frames[..Math.Min(frames.Length, willingness.Frames)]);
            willingness.Frames -= taken;
            return taken;
        }

        public void Kick() => queue.Kick();

        public int Reclaim(FrameBatch into) => queue.Reclaim(into);
    }
}
