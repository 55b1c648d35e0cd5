using Appliance.Engine;

namespace Appliance.Node;

/// <summary>What is noted of a captured frame beside its bytes; a place of a <see cref="CaptureRing"/>.</summary>
internal struct CaptureNote
{
    public long Phase;                      // its number and CapturePhase; what it says, others may do
    public nint SlotId;                     // of the frame that came in
    public long Start;                      // of its bytes, counted over the whole life of the ring
    public int Captured;                    // bytes
    public int Length;                      // of the frame
    public long Time;
    public bool IsOutbound;
    public bool IsMadeHere;
    public ushort Port;                     // outbound: where it came in; inbound: where it left
    public VerdictKind Verdict;
    public DropReason Reason;
    public DecidingRules Rules;
}
