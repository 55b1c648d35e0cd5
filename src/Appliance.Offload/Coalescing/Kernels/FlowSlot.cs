using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;

namespace Appliance.Offload;

/// <summary>
/// One flow of the batch and the train that its next segment may join: two cache lines, the first compared at once, the second for what has
/// to be calculated with.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
internal unsafe struct FlowSlot
{
    public const int SizeBytes = 128;
    public const int HeaderBytes = 64;

    public fixed byte Header[HeaderBytes];      // of the head, from its IP header on, as it stands there
    public Vector128<byte> Link;                // the head's first bytes
    public ulong Tuple;                         // which bytes of Header are addresses and ports; the families' differ
    public Frame Head;
    public Frame Tail;
    public byte* HeadIp;                        // the head's IP header
    public uint NextSequence;
    public uint Place;                          // ingress port and offset of the IP header
    public ushort SegmentBytes;                 // payload of the head, the most that may join; 0: the train is closed
    public ushort Room;                         // bytes of payload left until the sum is no datagram any more
    public ushort LastId;                       // IPv4 identification of the tail; 0 in IPv6
    public byte IdSteps;                        // by how much it may change: bit 0 not at all, bit 1 by one
    public bool HeadIsGood;                     // its checksum was found right, or somebody else vouches for it
}
