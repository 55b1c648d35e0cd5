using System.Buffers.Text;
using System.Text;

namespace Appliance.Ports.Linux;

/// <summary>
/// How often the carrier of a device came or went, by the kernel's count (carrier_changes, Documentation/ABI/testing/sysfs-class-net). It
/// is read without the lock of all devices (RTNL), which the carrier itself is not: who opens or closes a device, anywhere on the machine,
/// may hold that for some tens of milliseconds.
/// </summary>
internal sealed unsafe class CarrierCount : IDisposable
{
    private const int ReadOnly = 0, LongestNumber = 32;

    private readonly Descriptor? _file;

    /// <param name="device">The interface's name.</param>
    /// <param name="index">Its number, by which it is seen whether the files are of this network namespace.</param>
    public CarrierCount(string device, int index)
    {
        if (DeviceFolder.Of(device, index) is not { } folder) return;
        fixed (byte* path = Encoding.UTF8.GetBytes($"{folder}/carrier_changes\0"))
        {
            int file = Libc.Open(path, ReadOnly | Sockets.CloseOnExec);
            if (file >= 0) _file = Descriptor.Of(file, "open carrier_changes", device);
        }
    }

    /// <summary>The count; null: nobody says, or the device is gone.</summary>
    public long? Read()
    {
        if (_file is not { } file) return null;
        byte* text = stackalloc byte[LongestNumber];
        nint length = Libc.ReadAt(file.Number, text, LongestNumber, 0);
        return length > 0 && Utf8Parser.TryParse(new ReadOnlySpan<byte>(text, (int)length), out long count, out _) ? count : null;
    }

    public void Dispose() => _file?.Dispose();
}
