using System.Collections.Immutable;
using Appliance.Engine;

namespace Appliance.Ports.Linux;

/// <summary>Which device becomes a port by packet sockets, and how much may wait.</summary>
public sealed record AfPacketOptions
{
    public required PortId Id { get; init; }

    /// <summary>The port's name; in every error.</summary>
    public required string Name { get; init; }

    /// <summary>The interface's name, at most 15 bytes.</summary>
    public required string Device { get; init; }

    /// <summary>Queues among which the kernel spreads flows by a hash that both directions share. At most 256.</summary>
    public int Queues { get; init; } = 1;

    /// <summary>Frames that may wait in each queue, at least; rounded up to a power of two. More are dropped and counted.</summary>
    public int ReceiveSlots { get; init; } = 4096;

    /// <summary>
    /// Memory that all rings together may take where that holds more frames, up to 16,384 in each: the longer a worker may be kept from
    /// its processor, by a hypervisor or by the kernel's own threads, before a frame is lost.
    /// </summary>
    public long SpareReceiveBytes { get; init; }

    /// <summary>Kernel memory for large frames that wait, in each queue. More are dropped and counted.</summary>
    public int ReceiveBytes { get; init; } = 16 << 20;

    /// <summary>Kernel memory for frames that are on their way out of the device, of each queue; beyond it a queue takes no more.</summary>
    public int TransmitBytes { get; init; } = 16 << 20;

    /// <summary>Frames to any address are taken: those to virtual addresses' MACs above all.</summary>
    public bool IsPromiscuous { get; init; } = true;

    /// <summary>What does not come by the queues, but by <see cref="ControlSocket"/>.</summary>
    public ControlTraffic Control { get; init; } = ControlTraffic.Default;

    /// <summary>The device is brought up, if it is not.</summary>
    public bool BringsUp { get; init; } = true;

    /// <summary>Where the kernel handles what the device receives; empty: where it comes to.</summary>
    public ImmutableArray<int> ReceiveProcessors { get; init; } = [];

    /// <summary>The kernel itself neither gets what the device receives nor sends by it, while the port is open.</summary>
    public bool SealsDevice { get; init; } = true;
}
