using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>
/// What stands in front of a frame where kernel and port tell each other what is left to be done (OASIS virtio 1.2 §5.1.6, struct
/// virtio_net_hdr), in the byte order of the machine.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct VirtioHeader
{
    public const int SizeBytes = 10;

    public const byte NeedsChecksum = 1;                // flags
    public const byte ChecksumValid = 2;
    public const byte None = 0, Tcp4 = 1, Tcp6 = 4, UdpSegments = 5;
    public const byte CongestionReduced = 0x80;         // beside a TCP type: CWR is set

    public byte Flags;
    public byte Segmentation;                           // None, Tcp4, …
    public ushort HeaderLength;                         // bytes before the payload that is cut; a hint
    public ushort SegmentSize;                          // payload bytes of a segment
    public ushort ChecksumStart;                        // bytes before what is summed
    public ushort ChecksumOffset;                       // of the field, from there
}
