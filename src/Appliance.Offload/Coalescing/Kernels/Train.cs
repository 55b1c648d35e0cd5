using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;

namespace Appliance.Offload;

/// <summary>
/// A train in the making: what the next segment has to be, and what its head's info learns when the batch ends. What counts stands in one
/// vector, so that a full segment that joins is one addition.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
internal unsafe struct Train
{
    public const int SizeBytes = 6 * LineBytes;
    public const int LineBytes = 64;                    // of a frame that are compared at once, and of an info
    public const int StartBytes = 2 * LineBytes;

    public fixed byte Start[StartBytes];                // of the head's frame, as full segments must have it
    public fixed byte Facts[LineBytes];                 // the first line of the head's info, as full segments must have it

    public long Next;                                   // sequence number of the next, and in the lower half its IPv4 identification
    public long Room;                                   // bytes of payload until the sum is no datagram any more, after a full next one
    public long Frames;
    public long Bytes;                                  // of Ethernet, of all frames
    public Vector256<long> Step;                        // what a full segment adds to these four

    public ulong Compared0;                             // the bytes of Start that are the same in every full segment, a bit each
    public ulong Compared1;
    public Frame Tail;
    public int SequenceAt;                              // of the sequence number, from the IP header on
    public uint IdMask;                                 // 0 where there is no identification
    public int FrameBytes;                              // of the head's frame, padding included, and so of every full segment's
    public byte Right;                                  // checksum states that are right without a look at that port, a bit each
    public byte Trusted;                                // the same, once the head's is right; none before
    public byte Summed;                                 // states that a look at the sum decides, once the head's is right
    public bool IsIdStepOpen;                           // the second may say whether the identification stays or goes on
    public int SummedAt;                                // of the first byte that the checksum is over, in the frame
    public int SummedBytes;                             // from there, of a full segment
    public ulong PseudoSum;                             // of protocol and length of a full segment

    public HeaderLayout* Layout;
    public Frame Head;
    public byte* HeadIp;                                // the head's IP header
    public int LinkBytes;                               // length of the Ethernet header and its tags
    public int HeaderBytes;                             // IP and TCP, options included
    public int SegmentBytes;                            // payload of the head, the most that may join
}
