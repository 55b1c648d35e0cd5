using System.Collections.Concurrent;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Running;

namespace Appliance.Tests.Live;

/// <summary>The devices of a machine that is not there. They come and go when the test says so.</summary>
internal sealed class TestDevices(params TestDevice[] devices) : IPortSource
{
    private readonly ConcurrentDictionary<string, TestDevice> _devices = new(
        devices.ToDictionary(device => device.Name), StringComparer.Ordinal);

    private int _events;

    public int EventDescriptor { get; } = TestSleep.NewBell();

    public bool ReadEvents()
    {
        TestSleep.Silence(EventDescriptor);
        return Interlocked.Exchange(ref _events, 0) > 0;
    }

    public void Add(TestDevice device)
    {
        _devices[device.Name] = device;
        Announce();
    }

    public void Remove(string device)
    {
        _devices.TryRemove(device, out _);
        Announce();
    }

    public LiveDevice Open(PortModel port, int queues)
    {
        if (Find(port) is not { } device)
            throw new PortFault(isWrong: true, $"port {port.Name}: there is no device {port.Device}");
        if (device.Refusal is { } why) throw new PortFault(isWrong: false, $"port {port.Name}: {why}");
        return new LiveDevice(device.Take(new PortId((ushort)port.Index), queues), new SilentWire())
        {
            Index = device.Index,
            OpenFailoverWire = device.OpenFailoverWire,
        };
    }

    public bool HasDevice(PortModel port) => Find(port) is not null;

    /// <summary>A MAC address that several devices have is none's: a port's host end has the port's.</summary>
    public int? IndexOf(PortModel port) =>
        port.Device!.Kind == DeviceKind.Mac && _devices.Values.Count(device => device.Mac.ToString() == port.Device.Text) > 1
            ? null
            : Find(port)?.Index;

    public bool TrySetMtu(LiveDevice open, int bytes)
    {
        ((TestPort)open.Port).Device.MtuBytes = bytes;
        return true;
    }

    public bool IsThere(LiveDevice open) => _devices.Values.Contains(((TestPort)open.Port).Device);

    /// <summary>Something about the devices has changed.</summary>
    public void Announce()
    {
        Interlocked.Increment(ref _events);
        TestSleep.Ring(EventDescriptor);
    }

    /// <summary>By its name, or by its MAC address.</summary>
    private TestDevice? Find(PortModel port) =>
        _devices.Values.FirstOrDefault(device => port.Device!.Text == (
            port.Device.Kind == DeviceKind.Mac ? device.Mac.ToString() : device.Name));
}
