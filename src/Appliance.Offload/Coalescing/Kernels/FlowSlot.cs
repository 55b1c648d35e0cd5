using System.Runtime.InteropServices;
using Appliance.Engine;

namespace Appliance.Offload;

/// <summary>
/// One flow of a batch and the frame of it that came last without joining. Most flows have one frame in a batch, so a slot is small, and
/// says no more than which until a second one comes.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = SizeBytes)]
internal unsafe struct FlowSlot
{
    public const int SizeBytes = 32;

    public ulong Batch;                                 // of which the slot is; of any other, it is free
    public ulong Key;                                   // what of the flow is known without its headers: hash and ports
    public Frame Head;
    public Train* Train;                                // that the frame heads, or one that says why it heads none
}
