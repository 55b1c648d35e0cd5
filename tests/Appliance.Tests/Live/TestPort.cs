using System.Collections.Concurrent;
using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Tests.Live;

/// <summary>A <see cref="TestDevice"/> that is open.</summary>
internal sealed class TestPort(TestDevice device, PortId id, int queues) : IPort
{
    private readonly Queue[] _queues = [.. Enumerable.Range(0, queues).Select(_ => new Queue(device, id))];

    public TestDevice Device => device;

    public PortId Id => id;

    public string Name => device.Name;

    public MacAddress Mac => device.Mac;

    public int MtuBytes => device.MtuBytes;

    public LinkState Link => LinkState.Up;

    public PortCapabilities Capabilities => PortCapabilities.None;

    public IPortQueue OpenQueue(int index, FramePool pool) => _queues[index].With(pool);

    public void Arrive(byte[] frame, int queue) => _queues[queue].Arrive(frame);

    public void Dispose() => device.Give(this);

    private sealed class Queue(TestDevice device, PortId id) : IPortQueue
    {
        private readonly ConcurrentQueue<byte[]> _arrived = [];
        private readonly FrameBatch _sent = new();
        private FramePool? _pool;

        /// <summary>Not a descriptor: the sleep of the tests takes it for the number of a bell.</summary>
        public int WakeupDescriptor { get; } = TestSleep.NewBell();

        public Queue With(FramePool pool)
        {
            _pool = pool;
            return this;
        }

        public void Arrive(byte[] frame)
        {
            _arrived.Enqueue(frame);
            TestSleep.Ring(WakeupDescriptor);
        }

        public int Receive(FrameBatch into)
        {
            int received = 0;
            TestSleep.Silence(WakeupDescriptor);
            for (; into.Room > 0 && _arrived.TryDequeue(out byte[]? bytes); received++)
            {
                if (!_pool!.TryRent(bytes.Length, out Frame frame)) break;
                bytes.CopyTo(frame.Bytes);
                frame.Info.IngressPort = id.Index;
                into.TryAdd(frame);
            }

            if (!_arrived.IsEmpty) TestSleep.Ring(WakeupDescriptor);
            return received;
        }

        public int Transmit(ReadOnlySpan<Frame> frames)
        {
            int taken = _sent.Add(frames);
            foreach (Frame frame in frames[..taken]) device.Send(frame.Bytes);
            return taken;
        }

        public void Kick()
        {
        }

        public int Reclaim(FrameBatch into) => _sent.MoveTo(into);
    }
}
