using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Appliance.Engine;

namespace Appliance.Routing;

/// <summary>Single fields of IPv4 headers that parsing has found whole: one load each, no span made for it.</summary>
internal static unsafe class DatagramAddresses
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Ipv4Source(Frame frame) => ReadUInt32(frame, 12);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Ipv4Destination(Frame frame) => ReadUInt32(frame, 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte TimeToLive(Frame frame) => (frame.Pointer + frame.Info.NetworkOffset)[8];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadUInt32(Frame frame, int offset) =>
        BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(frame.Pointer + frame.Info.NetworkOffset + offset));
}
