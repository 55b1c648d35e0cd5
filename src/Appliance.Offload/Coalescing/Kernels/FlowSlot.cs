using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Appliance.Engine;

namespace Appliance.Offload;

/// <summary>
/// One flow of a batch and the frame of it that came last without joining: the head of a train, if others can join it. Most flows have one
/// frame in a batch, so the slot says no more than which until a second one comes.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
internal unsafe struct FlowSlot
{
    public const int SizeBytes = 256;

    /// <summary>No port: nothing of the slot's second part is written yet.</summary>
    public const int Fresh = -1;

    public fixed byte Headers[HeaderLayout.Bytes];      // what all full segments of the train have in common, as HeaderLayout reads it
    public ulong Batch;                                 // of which the slot is; of any other, it is free
    public HeaderLayout* Layout;
    public Frame Head;
    public byte* HeadIp;                                // the head's IP header
    public int Port;                                    // that all of the train came in by, or Fresh

    public byte Right;                                  // checksum states that are right without a look at that port, a bit each
    public byte Trusted;                                // the same, once the head's is right; none before
    public bool IsIdStepOpen;                           // the second may say whether the identification stays or goes on
    public bool IsPlain;                                // Link and Headers are all there is to compare: no tags, no more options
    public Vector128<byte> Link;                        // the head's first bytes
    public ulong Compared;                              // the bytes of Headers that are headers, a bit each
    public Frame Tail;
    public ulong Next;                                  // what counts, of the next: sequence number, below it IPv4 identification
    public ulong Step;                                  // how it counts from one full segment to the next
    public int LinkBytes;                               // length of the Ethernet header and its tags
    public int HeaderBytes;                             // IP and TCP, options included
    public int SegmentBytes;                            // payload of the head, the most that may join
    public int Room;                                    // bytes of payload until the sum is no datagram any more; 0: nothing may join
}
