using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>A piece of a message in memory (struct iovec).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Part
{
    public void* Bytes;
    public nint Length;
}
