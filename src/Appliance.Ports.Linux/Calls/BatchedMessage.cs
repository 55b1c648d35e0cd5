using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>struct mmsghdr of 64-bit Linux: 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BatchedMessage
{
    public MessageHeader Header;
    public uint Length;                                 // bytes that went, written by the kernel
}
