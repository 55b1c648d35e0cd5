using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PolledDescriptor
{
    public const short In = 1, Out = 4, Error = 8, HangUp = 16, Invalid = 32;

    public int Descriptor;                              // negative: not looked at
    public short Wanted;
    public short Seen;
}
