using System.Collections.Immutable;
using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Ports.Linux;

/// <summary>
/// A TAP as a port: what is sent by it the host, a VM or a container receives on the interface, and the reverse. Large frames and
/// unfinished checksums pass as they are, both ways. The interface is made up and goes with the process, however that ends.
/// </summary>
public sealed unsafe class TapPort : IPort
{
    private const int MostQueues = 256;

    private readonly TapOptions _options;
    private readonly ImmutableArray<TapQueue> _queues;
    private readonly TapControl _control;
    private readonly DeviceProbe _probe;
    private readonly Descriptor _first;

    private TapPort(TapOptions options)
    {
        _options = options;
        _control = new TapControl(options.Queues, options.Name);
        var queues = new List<TapQueue>();
        Descriptor? first = null;
        try
        {
            bool cutsUdp = false;
            for (int i = 0; i < options.Queues; i++)
            {
                Descriptor tap = TapCalls.OpenQueue(options.Device, options.Queues > 1, options.Name);
                queues.Add(new TapQueue(tap, i, _control, options));
                cutsUdp = TapCalls.TakeOver(tap, options.Name);
                if (i == 0) _control.WriteBy(first = tap);
            }

            const PortCapabilities Always = PortCapabilities.ReceiveChecksum | PortCapabilities.TransmitChecksum
                | PortCapabilities.Segmentation | PortCapabilities.LargeReceive;
            Capabilities = Always | (cutsUdp ? PortCapabilities.UdpSegmentation : PortCapabilities.None);
            SetUp(options);
            _probe = new DeviceProbe(options.Device, options.Name);
            Mac = options.Mac ?? new MacAddress((_probe.Mac.Value | 0x0200_0000_0000) ^ 1);
        }
        catch
        {
            queues.ForEach(queue => queue.Dispose());
            _control.Close();
            throw;
        }

        (_queues, _first) = ([.. queues], first!);
    }

    /// <summary>Throws <see cref="SystemCallException"/> when the kernel does not allow it, or the name is another's.</summary>
    public static TapPort Open(TapOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Queues, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Queues, MostQueues);
        return new TapPort(options);
    }

    public PortId Id => _options.Id;

    public string Name => _options.Name;

    /// <summary>The appliance's end.</summary>
    public MacAddress Mac { get; }

    /// <summary>The interface's: the host's end.</summary>
    public MacAddress HostMac => _probe.Mac;

    public int MtuBytes => _probe.MtuBytes;

    /// <summary>Asks the kernel: for the control thread, not for the data path.</summary>
    public LinkState Link => _probe.Link;

    /// <summary>Somebody has deleted the interface: the port must be opened anew.</summary>
    public bool IsGone => _probe.IsGone;

    public PortCapabilities Capabilities { get; }

    public int DeviceIndex => _probe.Index;

    public int QueueCount => _options.Queues;

    /// <summary>
    /// Says to whoever has the interface whether there is a link behind it; there is in the beginning. False: the kernel cannot say so.
    /// </summary>
    public bool TrySetCarrier(bool isUp) => TapCalls.TrySetCarrier(_first, isUp);

    /// <summary>The way of its control traffic; it goes with the port.</summary>
    public IControlChannel Control => _control;

    /// <summary>What has been lost so far. What finds the host's queue full is the interface's own count (tx_dropped).</summary>
    public PortLosses Losses => new(0, _queues.Sum(queue => queue.Refused));

    /// <inheritdoc/>
    /// <remarks>Each index is opened once.</remarks>
    public IPortQueue OpenQueue(int index, FramePool pool)
    {
        _queues[index].ReceiveInto(pool);
        return _queues[index];
    }

    /// <summary>No worker may use its queue any more.</summary>
    public void Dispose()
    {
        _control.Close();
        foreach (TapQueue queue in _queues) queue.Dispose();
        _probe.Dispose();
    }

    private static void SetUp(TapOptions options)
    {
        using Descriptor socket = InterfaceCalls.Open(options.Name);
        InterfaceCalls.Request request = InterfaceCalls.For(options.Device);
        if (options.HostMac is { } mac)
        {
            request.AddressFamily = InterfaceCalls.Ethernet;
            mac.WriteTo(new Span<byte>(request.HardwareAddress, MacAddress.Length));
            Demand(InterfaceCalls.TrySetHardwareAddress(socket, ref request), "SIOCSIFHWADDR", options);
        }

        request = InterfaceCalls.For(options.Device);
        request.Number = options.MtuBytes;
        Demand(InterfaceCalls.TrySetMtu(socket, ref request), "SIOCSIFMTU", options);
        request = InterfaceCalls.For(options.Device);
        Demand(InterfaceCalls.TryGetFlags(socket, ref request), "SIOCGIFFLAGS", options);
        request.Flags |= (short)(InterfaceCalls.Up | (options.HasNeighbours ? 0 : InterfaceCalls.NoArp));
        options.BeforeUp?.Invoke(options.Device);
        Demand(InterfaceCalls.TrySetFlags(socket, ref request), "SIOCSIFFLAGS", options);
    }

    private static void Demand(bool isDone, string call, TapOptions options)
    {
        if (!isDone) throw SystemCallException.Last($"{call} of {options.Device}", options.Name);
    }
}
