using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Appliance.Engine;
using Appliance.Wire.Transport;

namespace Appliance.Firewall;

/// <summary>Reads what tracking looks at where it lies in a frame that parsing has found sound.</summary>
public static unsafe class SegmentReader
{
    private const int MinHeader = 20;                                   // bytes

    /// <summary>
    /// Of one segment, of a train (its segments are as long as the head's but for the last, which alone may have PSH and FIN), or of a
    /// large frame, whose header speaks for all. False when the TCP header is not all there; then the frame is no train.
    /// </summary>
    /// <param name="frame">A TCP frame, and no fragment after the first.</param>
    public static bool TryRead(Frame frame, out TcpSegmentFacts facts)
    {
        if (!TryReadOne(frame, out facts)) return false;
        if (frame.IsTrain)
        {
            if (!TryReadOne(frame.Info.Last, out TcpSegmentFacts last)) return false;
            facts = facts.ForTrain(((frame.WireFrames - 1) * facts.PayloadBytes) + last.PayloadBytes, last.Flags);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadOne(Frame frame, out TcpSegmentFacts facts)
    {
        byte* segment = frame.Pointer + frame.Info.TransportOffset;
        int available = frame.Info.NetworkOffset + frame.Info.DatagramLength - frame.Info.TransportOffset;
        facts = default;
        if (available < MinHeader) return false;
        int headerBytes = (segment[12] >> 4) * 4;
        if (headerBytes < MinHeader || headerBytes > available) return false;

        ulong numbers = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(segment + 4));
        uint control = BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(segment + 12));
        var flags = (TcpFlags)((control >> 16) & 0xfff);
        facts = new TcpSegmentFacts(
            (uint)(numbers >> 32), (uint)numbers, flags, (ushort)control, available - headerBytes, 0, TcpSegmentFacts.NoScale);
        if ((flags & TcpFlags.Syn) != 0)
            facts = facts.WithOptionsOf(new ReadOnlySpan<byte>(segment + MinHeader, headerBytes - MinHeader));
        return true;
    }
}
