using Appliance.Wire.Ethernet;

namespace Appliance.Engine;

/// <summary>
/// A port without a device: what arrives was put into its workers' inboxes, what leaves is shown to a sink and is free again at once.
/// </summary>
/// <param name="capabilities">What the sink does by itself with what leaves, and what those do who fill the inboxes.</param>
public sealed class MemoryPort(
    PortId id,
    string name,
    MacAddress mac,
    int mtuBytes,
    Func<int, MemoryInbox> inboxOf,
    ITransmitSink sink,
    PortCapabilities capabilities = PortCapabilities.None)
    : IPort
{
    public PortId Id => id;
    public string Name => name;
    public MacAddress Mac => mac;
    public int MtuBytes => mtuBytes;
    public LinkState Link => LinkState.Up;
    public PortCapabilities Capabilities => capabilities;

    public IPortQueue OpenQueue(int index, FramePool pool) => new Queue(id, inboxOf(index), sink);

    public void Dispose()
    {
    }

    private sealed class Queue(PortId id, MemoryInbox inbox, ITransmitSink sink) : IPortQueue
    {
        private readonly FrameBatch _sent = new();

        public int WakeupDescriptor => -1;

        public int Receive(FrameBatch into) => inbox.TakeRun(id, into);

        public int Transmit(ReadOnlySpan<Frame> frames)
        {
            int taken = _sent.Add(frames);
            foreach (Frame frame in frames[..taken]) sink.OnTransmit(id, frame);
            return taken;
        }

        public void Kick()
        {
        }

        public int Reclaim(FrameBatch into) => _sent.MoveTo(into);
    }
}
