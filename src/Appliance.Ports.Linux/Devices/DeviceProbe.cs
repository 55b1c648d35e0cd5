using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Ports.Linux;

/// <summary>
/// Asks the kernel how the device of a port is, every time anew. It is known by its index: one that comes back under the same name has
/// another and is another.
/// </summary>
internal sealed unsafe class DeviceProbe : IDisposable
{
    private readonly Descriptor _socket;
    private readonly string _device;
    private int _lastMtu;
    private CarrierCount? _changes;                     // opened by the first who looks often
    private long? _changesThen;                         // when the carrier was asked for; null: it is to be asked for
    private bool _hasCarrier;

    /// <summary>Throws when there is no such device.</summary>
    public DeviceProbe(string device, string subject)
    {
        _socket = InterfaceCalls.Open(subject);
        _device = device;
        InterfaceCalls.Request request = InterfaceCalls.For(device);
        if (!InterfaceCalls.TryGetIndex(_socket, ref request)) throw Failure($"SIOCGIFINDEX of {device}", subject);
        Index = request.Number;
        request = InterfaceCalls.For(device);
        if (!InterfaceCalls.TryGetHardwareAddress(_socket, ref request)) throw Failure($"SIOCGIFHWADDR of {device}", subject);
        Mac = MacAddress.Read(new ReadOnlySpan<byte>(request.HardwareAddress, MacAddress.Length));
        _ = MtuBytes;
    }

    public int Index { get; }

    /// <summary>As it was when the port was opened.</summary>
    public MacAddress Mac { get; }

    /// <summary>The last that was heard, when the device is gone.</summary>
    public int MtuBytes
    {
        get
        {
            InterfaceCalls.Request request = InterfaceCalls.For(_device);
            if (InterfaceCalls.TryGetMtu(_socket, ref request)) _lastMtu = request.Number;
            return _lastMtu;
        }
    }

    public bool IsGone
    {
        get
        {
            InterfaceCalls.Request request = InterfaceCalls.For(_device);
            return !InterfaceCalls.TryGetIndex(_socket, ref request) || request.Number != Index;
        }
    }

    /// <summary>
    /// Up: administratively, and with a carrier. The carrier is asked for itself: IFF_RUNNING follows it up to a second later.
    /// </summary>
    public LinkState Link => IsUp(out InterfaceCalls.Request request) && AskCarrier(request) ? LinkState.Up : LinkState.Down;

    /// <summary>
    /// The same for who looks often and must not wait: the carrier is asked for, which takes the kernel's lock of all devices, when the
    /// kernel has counted a change since the last time or <see cref="ForgetCarrier"/> was called. From one thread at a time.
    /// </summary>
    public LinkState LinkAtOnce
    {
        get
        {
            if (!IsUp(out InterfaceCalls.Request request))
            {
                ForgetCarrier();
                return LinkState.Down;
            }

            _changes ??= new CarrierCount(_device, Index);
            long? changes = _changes.Read();                    // before the carrier: what changes behind it is another count
            if (changes is null || changes != _changesThen) (_changesThen, _hasCarrier) = (changes, AskCarrier(request));
            return _hasCarrier ? LinkState.Up : LinkState.Down;
        }
    }

    /// <summary>How often the carrier was asked for.</summary>
    internal long Asked { get; private set; }

    /// <summary>What is known of the carrier may be old.</summary>
    public void ForgetCarrier() => _changesThen = null;

    /// <summary>Administratively; nothing happens to a device that is.</summary>
    public void BringUp(string subject)
    {
        InterfaceCalls.Request request = InterfaceCalls.For(_device);
        bool isKnown = InterfaceCalls.TryGetFlags(_socket, ref request);
        if (isKnown && (request.Flags & InterfaceCalls.Up) != 0) return;
        request.Flags |= InterfaceCalls.Up;
        if (!isKnown || !InterfaceCalls.TrySetFlags(_socket, ref request))
            throw SystemCallException.Last($"SIOCSIFFLAGS up of {_device}", subject);
    }

    public void Dispose()
    {
        _changes?.Dispose();
        _socket.Dispose();
    }

    private bool IsUp(out InterfaceCalls.Request request)
    {
        request = InterfaceCalls.For(_device);
        return !IsGone && InterfaceCalls.TryGetFlags(_socket, ref request) && (request.Flags & InterfaceCalls.Up) != 0;
    }

    private bool AskCarrier(in InterfaceCalls.Request request)
    {
        Asked++;
        return EthtoolCalls.TryGet(_socket, _device, EthtoolCalls.GetLink, out uint carrier)
            ? carrier != 0
            : (request.Flags & InterfaceCalls.Running) != 0;
    }

    private SystemCallException Failure(string call, string subject)
    {
        var failure = SystemCallException.Last(call, subject);
        _socket.Dispose();
        return failure;
    }
}
