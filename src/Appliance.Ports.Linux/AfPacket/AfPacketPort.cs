using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Ports.Linux;

/// <summary>
/// A device of the host as a port, by packet sockets: it works on every device and needs nothing of it. Large frames and unfinished
/// checksums are taken as they are and handed over as they are; the kernel cuts and sums where the device cannot.
/// <para>
/// All that is changed for it goes with its sockets, however the process ends: promiscuity is a membership, the filters are the sockets',
/// and the seal (<see cref="DeviceSeal"/>) is owned by one. Only the choice of processors that receive, where one is asked for, is the
/// device's. A device that goes away leaves the port with its link down and its queues silent; one that comes back is another device, to
/// be opened anew.
/// </para>
/// </summary>
public sealed class AfPacketPort : IPort
{
    private const int MostQueues = 256;
    private const int LongestPlainFrame = 1522;         // bytes: an MTU of 1500 and two tags
    private const int MostSlotBytes = 16 << 10;
    private const int MostSpareSlots = 16384;           // what waits behind more of them comes too late for whoever sent it

    private readonly AfPacketOptions _options;
    private readonly DeviceProbe _probe;
    private readonly DeviceSeal? _seal;
    private readonly ReceivePacketSteering? _steering;
    private readonly ImmutableArray<AfPacketQueue> _queues;
    private readonly long[] _drops;                     // by queue; read by whoever asks, from one thread at a time

    private AfPacketPort(AfPacketOptions options)
    {
        _options = options;
        _probe = new DeviceProbe(options.Device, options.Name);
        try
        {
            if (options.SealsDevice) _seal = DeviceSeal.Close(options.Device, _probe.Index, options.Name);
            _queues = OpenQueues();
            if (!options.ReceiveProcessors.IsEmpty) _steering = new(options.Device, _probe.Index, options.ReceiveProcessors);
            if (options.BringsUp) _probe.BringUp(options.Name);         // behind the seal: the kernel greets a link that comes up
        }
        catch
        {
            Dispose();
            throw;
        }

        _drops = new long[_queues.Length];
    }

    /// <summary>
    /// Throws <see cref="SystemCallException"/> when there is no such device, or the kernel does not allow it; another
    /// <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> when it does not receive where it is told to.
    /// </summary>
    public static AfPacketPort Open(AfPacketOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Queues, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Queues, MostQueues);
        return new AfPacketPort(options);
    }

    public PortId Id => _options.Id;

    public string Name => _options.Name;

    public MacAddress Mac => _probe.Mac;

    public int MtuBytes => _probe.MtuBytes;

    /// <summary>Asks the kernel: for the control thread, not for the data path.</summary>
    public LinkState Link => _probe.Link;

    /// <summary>The device is no more, or another has its name: the port must be opened anew.</summary>
    public bool IsGone => _probe.IsGone;

    public PortCapabilities Capabilities { get; } = KernelOffloads.Capabilities;

    public int DeviceIndex => _probe.Index;

    public int QueueCount => _options.Queues;

    /// <summary>What has been lost so far. From one thread at a time, of whatever thread.</summary>
    public PortLosses Losses
    {
        get
        {
            long refused = 0;
            for (int i = 0; i < _queues.Length; i++)
            {
                if (!_queues[i].Socket.IsClosed) _drops[i] += PacketCalls.TakeDrops(_queues[i].WakeupDescriptor);
                refused += _queues[i].Refused;
            }

            return new PortLosses(_drops.Sum() + (_steering?.Dropped ?? 0), refused);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Each index is opened once. All queues take part in the spreading from the start, and until one is opened what falls to it is lost.
    /// </remarks>
    public IPortQueue OpenQueue(int index, FramePool pool)
    {
        AfPacketQueue queue = _queues[index];
        queue.ReceiveInto(pool);
        ControlFilter.Except(_options.Control).AttachTo(queue.Socket, Name);
        return queue;
    }

    /// <summary>No worker may use its queue any more.</summary>
    public void Dispose()
    {
        if (!_queues.IsDefault)
        {
            foreach (AfPacketQueue queue in _queues) queue.Dispose();
        }

        _steering?.Dispose();
        _seal?.Dispose();
        _probe.Dispose();
    }

    private ImmutableArray<AfPacketQueue> OpenQueues()
    {
        var queues = new List<AfPacketQueue>();
        try
        {
            int? group = null;
            for (int i = 0; i < _options.Queues; i++)
            {
                queues.Add(OpenSocket(_options, DeviceIndex, MtuBytes, i));
                if (_options.Queues > 1) group = JoinGroup(queues[i].Socket, group);
            }
        }
        catch
        {
            queues.ForEach(queue => queue.Dispose());
            throw;
        }

        return [.. queues];
    }

    /// <summary>Nothing passes its filter until the queue is opened.</summary>
    internal static AfPacketQueue OpenSocket(AfPacketOptions options, int device, int mtuBytes, int index)
    {
        const int Level = PacketCalls.Level;
        Descriptor socket = Sockets.Open(PacketCalls.Family, Sockets.Raw, 0, options.Name);
        ReceiveRing? ring = null;
        try
        {
            Sockets.Set(socket, Level, PacketCalls.Version, PacketCalls.SecondVersion, "PACKET_VERSION", options.Name);
            Sockets.Set(socket, Level, PacketCalls.VirtioHeaders, 1, "PACKET_VNET_HDR", options.Name);
            Sockets.Set(socket, Level, PacketCalls.IgnoreOutgoing, 1, "PACKET_IGNORE_OUTGOING", options.Name);
            Sockets.Set(socket, Level, PacketCalls.CopyThreshold, 1, "PACKET_COPY_THRESH", options.Name);
            Sockets.Set(socket, Sockets.Level, Sockets.ReceiveBufferForced, options.ReceiveBytes, "SO_RCVBUFFORCE", options.Name);
            Sockets.Set(socket, Sockets.Level, Sockets.SendBufferForced, options.TransmitBytes, "SO_SNDBUFFORCE", options.Name);
            Sockets.Set(socket, Sockets.Level, Sockets.MarkOption, unchecked((int)Sockets.Mark), "SO_MARK", options.Name);
            PacketFilter.Nothing().AttachTo(socket, options.Name);
            int frame = Math.Clamp(mtuBytes + LongestPlainFrame - 1500, LongestPlainFrame, MostSlotBytes - ReceiveRing.OverheadBytes);
            int spare = Math.Min(ReceiveRing.SlotsWithin(options.SpareReceiveBytes / options.Queues, frame), MostSpareSlots);
            ring = new ReceiveRing(socket, frame, Math.Max(options.ReceiveSlots, spare), options.Name);
            PacketCalls.Bind(socket, device, options.Name);
            if (options.IsPromiscuous) PacketCalls.BecomePromiscuous(socket, device, options.Name);
            return new AfPacketQueue(socket, ring, options.Id, index);
        }
        catch
        {
            ring?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The group's number is the kernel's choice, made for its first member, so that no other program's can be meant; the first group
    /// of a kernel's life is number 0. Own transmissions are the group's to ignore: the members' wish does not count in it.
    /// </summary>
    private int JoinGroup(Descriptor socket, int? group)
    {
        int flags = PacketCalls.FanoutByHash | PacketCalls.FanoutIgnoreOutgoing | (group is null ? PacketCalls.FanoutUniqueId : 0);
        Sockets.Set(socket, PacketCalls.Level, PacketCalls.Fanout, (group ?? 0) | (flags << 16), "PACKET_FANOUT", Name);
        return Sockets.Get(socket, PacketCalls.Level, PacketCalls.Fanout, "PACKET_FANOUT", Name) & 0xffff;
    }
}
