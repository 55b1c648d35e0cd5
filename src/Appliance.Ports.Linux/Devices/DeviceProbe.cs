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
    public LinkState Link
    {
        get
        {
            InterfaceCalls.Request request = InterfaceCalls.For(_device);
            bool isUp = !IsGone && InterfaceCalls.TryGetFlags(_socket, ref request) && (request.Flags & InterfaceCalls.Up) != 0;
            if (!isUp) return LinkState.Down;
            bool hasCarrier = EthtoolCalls.TryGet(_socket, _device, EthtoolCalls.GetLink, out uint carrier)
                ? carrier != 0
                : (request.Flags & InterfaceCalls.Running) != 0;
            return hasCarrier ? LinkState.Up : LinkState.Down;
        }
    }

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

    public void Dispose() => _socket.Dispose();

    private SystemCallException Failure(string call, string subject)
    {
        var failure = SystemCallException.Last(call, subject);
        _socket.Dispose();
        return failure;
    }
}
