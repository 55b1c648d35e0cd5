using System.Collections.Immutable;
using System.Globalization;

namespace Appliance.Ports.Linux;

/// <summary>
/// Has the kernel handle what a device receives on some processors, by a hash of the flow, and not on the one that it came to: receive
/// packet steering (RPS, Documentation/networking/scaling.rst). It belongs to the device and outlives a process that is killed, which harms
/// nobody; at an orderly end the device has again what it had.
/// </summary>
internal sealed class ReceivePacketSteering : IDisposable
{
    private const int BitsOfGroup = 32;                                 // a mask is written in groups of 8 digits, the highest first
    private const string Processors = "rps_cpus", None = "0";

    private readonly string _device;
    private readonly int _index;
    private readonly long _droppedBefore;
    private readonly Dictionary<string, string> _before = [];           // by queue

    /// <summary>Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> with nothing changed.</summary>
    /// <param name="device">The interface's name.</param>
    /// <param name="index">Its number.</param>
    /// <param name="processors">At least one.</param>
    public ReceivePacketSteering(string device, int index, ImmutableArray<int> processors)
    {
        (_device, _index, _droppedBefore) = (device, index, RefusedSofar(device, index));
        try
        {
            Steer(processors);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Frames so far that found too many waiting for those processors (net.core.netdev_max_backlog).</summary>
    public long Dropped => Math.Max(0, RefusedSofar(_device, _index) - _droppedBefore);

    public void Dispose()
    {
        if (DeviceFolder.Of(_device, _index) is not { } folder) return;
        foreach ((string queue, string before) in _before)
        {
            try
            {
                File.WriteAllText($"{folder}/queues/{queue}/{Processors}", before);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return;                                                 // the device goes just now
            }
        }
    }

    /// <summary>As the kernel reads it.</summary>
    internal static string MaskOf(ImmutableArray<int> processors)
    {
        var groups = new uint[(processors.Max() / BitsOfGroup) + 1];
        foreach (int processor in processors) groups[^((processor / BitsOfGroup) + 1)] |= 1u << (processor % BitsOfGroup);
        return string.Join(',', groups.Select(group => group.ToString("x8", CultureInfo.InvariantCulture)));
    }

    private static long RefusedSofar(string device, int index) =>
        DeviceFolder.Of(device, index) is { } folder ? DeviceFolder.NumberIn($"{folder}/statistics/rx_dropped") ?? 0 : 0;

    /// <summary>A mask that is there already is that of one who was killed.</summary>
    private void Steer(ImmutableArray<int> processors)
    {
        string folder = DeviceFolder.Of(_device, _index)
            ?? throw new DirectoryNotFoundException($"/sys does not show {_device} of this network namespace");
        foreach (string queue in Directory.EnumerateDirectories($"{folder}/queues", "rx-*"))
        {
            string file = $"{queue}/{Processors}", before = File.ReadAllText(file);
            File.WriteAllText(file, MaskOf(processors));
            _before[Path.GetFileName(queue)] = File.ReadAllText(file) == before ? None : before;
        }
    }
}
