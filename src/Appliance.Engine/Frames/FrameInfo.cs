using System.Runtime.InteropServices;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;

namespace Appliance.Engine;

/// <summary>
/// What travels beside a frame's bytes: two cache lines outside the managed heap, the first for every stage, the second for trains and
/// flows.
/// <code>
///     slot:  | headroom | Ethernet | tags | IP … datagram … | padding |
///            0          Start             Start + NetworkOffset
/// </code>
/// Offsets count from the frame's first byte and move with it when it is prepended to or trimmed.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
public struct FrameInfo
{
    public const int SizeBytes = 128;

    // First line: where the bytes are, what they are, what becomes of them
    internal nint First;                        // address of the frame's first byte
    internal int Start;                         // bytes of the slot in front of it
    internal int Length;                        // of the frame, bytes
    public int NetworkOffset;                   // of the IP or ARP header
    public int TransportOffset;                 // of the transport header; the datagram's end where there is none
    public int DatagramLength;                  // bytes from NetworkOffset that the IP header owns
    public FrameTraits Traits;
    public EtherType EtherType;                 // behind the tags
    public NetworkKind Network;
    public IpProtocol Protocol;                 // behind the extension headers
    public ushort SourcePort;                   // TCP, UDP, SCTP port or ICMP echo identifier
    public ushort DestinationPort;
    public uint Hash;                           // the steering hash
    public ushort Bucket;                       // of the indirection table
    public ushort IngressPort;                  // logical: the sub-port once its tags are known
    public ushort EgressPort;                   // logical until tags are pushed
    public Disposition Disposition;
    public DropReason DropReason;
    public ChecksumState Checksum;
    internal byte SlotClass;
    internal ushort Pool;                       // home
    public int Position;                        // of its arrival, among the frames it was in a batch with when trains were formed

    // Second line: trains, flows, the way out
    public Frame Next;                          // the frame behind this one in a chain of fragments or a train
    public Frame Last;                          // of the train that this frame heads
    public int TrainFrames;                     // frames on the wire that this one stands for; 0 or 1: itself
    public int TrainBytes;                      // Ethernet bytes of all of them
    public int TrainLargest;                    // bytes of the largest datagram among them
    public ushort SegmentSize;                  // of a large frame, contiguous or a train handed over whole: payload bytes per segment
    public ushort Worker;                       // who judges it
    public uint SequenceOffset;                 // the train's deltas that its own headers do not tell; see ARCHITECTURE.md
    public uint AcknowledgmentOffset;
    public ushort Tag;                          // that a rule set; 0: none
    public ushort Way;                          // that a rule gave it instead of the routes' (IFlowWays); 0: none
    public uint Flow;                           // index in the owner's flow shard
    public ulong NextHop;                       // packed by Routing: MAC of the neighbour, or where it will be found
    public long Ordinal;                        // of the frame at its ingress, for keyed randomness and for traces

    /// <summary>The address of the slot's first byte; of a free slot, too.</summary>
    internal readonly nint Slot => First - Start;

    /// <summary>Takes over what a frame made of another, or in answer to it, has of that one: family, ingress, steering, ordinal.</summary>
    public void TakeOrigin(in FrameInfo other)
    {
        EtherType = other.EtherType;
        Network = other.Network;
        IngressPort = other.IngressPort;
        Hash = other.Hash;
        Bucket = other.Bucket;
        Worker = other.Worker;
        Ordinal = other.Ordinal;
    }
}
