using System.Runtime.InteropServices;

namespace Appliance.Engine;

/// <summary>
/// Of a <see cref="MessageRing{T}"/>. Positions run on without wrapping at the capacity; each writer's line is apart from the other's by
/// two lines (adjacent-line prefetch). Not nested in the ring: what is generic has no layout of its own.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 512)]
internal struct MessagePositions
{
    [FieldOffset(128)] public uint Head;            // written by the producer
    [FieldOffset(132)] public uint TailSeen;        // the producer's last look at Tail
    [FieldOffset(256)] public uint Tail;            // written by the consumer
    [FieldOffset(260)] public uint HeadSeen;        // the consumer's last look at Head
}
