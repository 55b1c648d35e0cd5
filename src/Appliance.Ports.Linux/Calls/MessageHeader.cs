using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>struct msghdr of 64-bit Linux: 56 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public void* Name;
    public uint NameLength;
    public Part* Parts;
    public nint PartCount;
    public void* Control;
    public nint ControlLength;
    public int Flags;
}
