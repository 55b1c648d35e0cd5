using System.Buffers.Binary;

namespace Appliance.Wire.Tests.Pcap;

/// <summary>Capture files written number by number, from the drawings of the drafts and without the writers under test.</summary>
internal sealed class CaptureBytes(bool bigEndian)
{
    private readonly List<byte> _bytes = [];

    public int Length => _bytes.Count;

    public byte[] ToArray() => [.. _bytes];

    public CaptureBytes U16(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        if (bigEndian) BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        else BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        return Raw(bytes);
    }

    public CaptureBytes U32(long value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (bigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)value);
        return Raw(bytes);
    }

    public CaptureBytes Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public CaptureBytes PcapHeader(uint magic = 0xa1b2c3d4, long linkType = 1) =>
        U32(magic).U16(2).U16(4).U32(0).U32(0).U32(65535).U32(linkType);

    public CaptureBytes PcapRecord(long seconds, long fraction, ReadOnlySpan<byte> packet, int original = -1) =>
        U32(seconds).U32(fraction).U32(packet.Length).U32(original < 0 ? packet.Length : original).Raw(packet);

    /// <summary>A pcapng block around a body, padded.</summary>
    public CaptureBytes Block(uint type, Action<CaptureBytes> body)
    {
        var inner = new CaptureBytes(bigEndian);
        body(inner);
        inner.Pad();
        return U32(type).U32(inner.Length + 12).Raw(inner.ToArray()).U32(inner.Length + 12);
    }

    public CaptureBytes Section() => Block(0x0a0d0d0a, b => b.U32(0x1a2b3c4d).U16(1).U16(0).U32(-1).U32(-1));

    public CaptureBytes Interface(int linkType = 1, long snapLength = 0, Action<CaptureBytes>? options = null) => Block(1, b =>
    {
        b.U16(linkType).U16(0).U32(snapLength);
        options?.Invoke(b);
    });

    public CaptureBytes Enhanced(
        int interfaceId, ulong time, ReadOnlySpan<byte> packet, int original = -1, Action<CaptureBytes>? options = null)
    {
        byte[] copy = packet.ToArray();
        return Block(6, b =>
        {
            b.U32(interfaceId).U32((long)(time >> 32)).U32((uint)time).U32(copy.Length).U32(original < 0 ? copy.Length : original);
            b.Raw(copy).Pad();
            options?.Invoke(b);
        });
    }

    public CaptureBytes Option(int code, ReadOnlySpan<byte> value)
    {
        U16(code).U16(value.Length).Raw(value).Pad();
        return this;
    }

    public CaptureBytes Flags(long word) => U16(2).U16(4).U32(word);

    public CaptureBytes EndOfOptions() => U16(0).U16(0);

    private void Pad()
    {
        while (_bytes.Count % 4 != 0) _bytes.Add(0xee);               // padding is not promised to be zero
    }
}
