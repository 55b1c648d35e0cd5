using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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

    /// <summary>Slots in a table.</summary>
    public const int Count = 2 * TrainKernel.MaxFrames;

    /// <summary>
    /// Slots looked at for one frame. A flow that finds none free in them is not coupled: flows that collide are chosen by an attacker.
    /// </summary>
    public const int MaxProbes = 16;

    public ulong Batch;                                 // of which the slot is; of any other, it is free
    public ulong Key;                                   // what of the flow is known without its headers: hash and ports
    public Frame Head;
    public Train* Train;                                // that the frame heads, or one that says why it heads none

    /// <summary>What tells flows apart, but for few.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong KeyOf(ref FrameInfo info) => ((ulong)info.Hash << 32) | PortsOf(ref info);

    /// <summary>Both ports, for they lie side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint PortsOf(ref FrameInfo info) => Unsafe.As<ushort, uint>(ref info.SourcePort);

    /// <summary>
    /// Where the search for a flow begins. The steering hash is the same for both directions and may be of addresses alone.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowSlot* Home(FlowSlot* slots, ref FrameInfo info) => slots + (((info.Hash + PortsOf(ref info)) * 0x9e37_79b1) >> 25);

    /// <summary>
    /// Moves on from <paramref name="slot"/>, the home, to the first that is free or has the key, or to the last that may be looked at.
    /// Answers the train there, if it has the facts, else <paramref name="fresh"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Train* Probe(ref FlowSlot* slot, FlowSlot* slots, ulong key, Vector512<byte> facts, ulong batch, Train* fresh)
    {
        for (int probe = 1; probe < MaxProbes && slot->Batch == batch && slot->Key != key; probe++)
            slot = slot + 1 == slots + Count ? slots : slot + 1;
        return slot->Batch == batch && facts == Vector512.Load(slot->Train->Facts) ? slot->Train : fresh;
    }

    /// <summary>The frame is the last of its flow that did not join; whether others may join it is asked when there are any.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Record(FlowSlot* slot, ulong key, Frame frame, ulong batch, Train* fresh)
    {
        slot->Batch = batch;
        slot->Key = key;
        slot->Head = frame;
        slot->Train = fresh;
    }
}
