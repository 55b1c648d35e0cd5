using System.Collections.Immutable;
using System.Net.NetworkInformation;
using Appliance.Engine;
using Appliance.Wire.Ethernet;
using SharpPcap;
using SharpPcap.LibPcap;

namespace Appliance.Ports.SharpPcap;

/// <summary>
/// A device that libpcap or Npcap captures from and sends to, by SharpPcap: the port for systems where no faster one exists.
/// <code>
///     queue 0   its own handle   receives all that comes in, and sends
///     queue n   its own handle   receives nothing, and sends
/// </code>
/// A handle is used by one worker alone, so that nobody waits for another; libpcap spreads nothing over handles, so one worker receives
/// and steering hands off. Nothing is offloaded. The first frame after a start may be lost: the one that comes next when a filter has been
/// set libpcap judges by itself, and does not know then which way it went.
/// </summary>
public sealed class SharpPcapPort : IPort
{
    /// <summary>Bytes that the system keeps for frames that nobody has taken yet; what comes beyond is lost and counted.</summary>
    private const int ReceiveBufferBytes = 16 << 20, SendOnlyBufferBytes = 64 << 10;

    private const int SnapLengthBytes = 262_144;                        // tcpdump's; no frame is longer
    private const string Nothing = "ether host 00:00:00:00:00:00", Arriving = "inbound";

    private readonly ImmutableArray<SharpPcapQueue> _queues;

    /// <param name="id">Its index in the configuration.</param>
    /// <param name="name">Of the port.</param>
    /// <param name="device">As libpcap names it, or as a person does: <c>eth0</c>, <c>\Device\NPF_{…}</c>.</param>
    /// <param name="mtuBytes">The longest datagram that it takes.</param>
    /// <param name="queues">One for each worker.</param>
    /// <exception cref="IOException">There is no such device, it has no Ethernet address, or it cannot be opened.</exception>
    public SharpPcapPort(PortId id, string name, string device, int mtuBytes, int queues)
    {
        (Id, Name, MtuBytes) = (id, name, mtuBytes);
        PhysicalAddress mac = Find(device).MacAddress ?? throw new IOException($"device {device} has no Ethernet address");
        Mac = MacAddress.Read(mac.GetAddressBytes());
        ImmutableArray<SharpPcapQueue>.Builder opened = ImmutableArray.CreateBuilder<SharpPcapQueue>(queues);
        try
        {
            for (int index = 0; index < queues; index++) opened.Add(new SharpPcapQueue(id, Open(device, index == 0), index == 0));
        }
        catch (Exception failure)
        {
            foreach (SharpPcapQueue queue in opened) queue.Dispose();
            if (failure is PcapException) throw new IOException(failure.Message, failure);
            throw;
        }

        _queues = opened.DrainToImmutable();
    }

    public PortId Id { get; }
    public string Name { get; }
    public MacAddress Mac { get; }
    public int MtuBytes { get; }

    /// <summary>Up as long as no queue has found the device gone.</summary>
    public LinkState Link => _queues.Any(queue => queue.IsGone) ? LinkState.Down : LinkState.Up;

    public PortCapabilities Capabilities => PortCapabilities.None;

    /// <summary>Frames that the system had to give up before they were taken, since the port was opened.</summary>
    public long Lost => _queues.Sum(queue => queue.Lost);

    public IPortQueue OpenQueue(int index, FramePool pool)
    {
        _queues[index].ReceiveInto(pool);
        return _queues[index];
    }

    /// <summary>Frames that the system did not take to send, since the port was opened.</summary>
    public long NotSent => _queues.Sum(queue => queue.NotSent);

    public void Dispose()
    {
        foreach (SharpPcapQueue queue in _queues) queue.Dispose();
    }

    private static SelectableDevice Open(string name, bool receives)
    {
        var device = new SelectableDevice(Find(name).Interface!);
        try
        {
            device.Open(new DeviceConfiguration
            {
                Mode = DeviceModes.Promiscuous,
                Immediate = true,                                       // a worker that sleeps is woken by the first frame
                Snaplen = receives ? SnapLengthBytes : 64,
                BufferSize = receives ? ReceiveBufferBytes : SendOnlyBufferBytes,
            });
            device.NonBlockingMode = true;
            device.Filter = receives ? Arriving : Nothing;
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    private static LibPcapLiveDevice Find(string device) =>
        LibPcapLiveDeviceList.New().FirstOrDefault(known => known.Name == device || known.Interface?.FriendlyName == device)
        ?? throw new IOException($"there is no device {device}, or this process may not capture from it");
}
