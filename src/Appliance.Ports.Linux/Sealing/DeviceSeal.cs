namespace Appliance.Ports.Linux;

/// <summary>
/// Shuts the kernel's own way to and from a device: what arrives is dropped behind the packet sockets' tap, before the kernel answers,
/// routes or learns from it, and what the kernel would send by itself is dropped before the device. What bears <see cref="Sockets.Mark"/>
/// passes.
/// <para>
/// It hangs on descriptors of this process: when they are closed, by whoever and however, <c>kill -9</c> included, the kernel takes it
/// away. Nothing of the host's is touched, so there is nothing to put back: no sysctl, no flag, no address.
/// </para>
/// </summary>
public sealed class DeviceSeal : IDisposable
{
    private readonly IDisposable _seal;

    private DeviceSeal(IDisposable seal, bool isEgressShut)
    {
        _seal = seal;
        IsEgressShut = isEgressShut;
    }

    /// <summary>False: only what arrives is shut; the kernel is older than 5.16, and may send by the device of its own accord.</summary>
    public bool IsEgressShut { get; }

    /// <summary>Throws <see cref="SystemCallException"/> when the kernel has neither way, or does not allow it.</summary>
    /// <param name="device">The interface's name.</param>
    /// <param name="index">And index.</param>
    /// <param name="subject">The port, for errors.</param>
    public static DeviceSeal Close(string device, int index, string subject)
    {
        if (TrafficControlSeal.TryClose(index) is { } links) return new DeviceSeal(links, isEgressShut: true);
        return CloseByNftables(device, subject);
    }

    /// <summary>The kernel has the device again.</summary>
    public void Dispose() => _seal.Dispose();

    /// <summary>The way of kernels before 6.6.</summary>
    internal static DeviceSeal CloseByNftables(string device, string subject)
    {
        NftablesSeal table = NftablesSeal.Close(device, subject);
        return new DeviceSeal(table, table.IsEgressShut);
    }
}
