using System.Buffers.Binary;

namespace Appliance.Wire.Sync;

/// <summary>Writes fields one behind the other. A field that finds no room is left out: those that must be there come first.</summary>
public ref struct RecordWriter
{
    private readonly Span<byte> _bytes;

    public RecordWriter(Span<byte> bytes)
    {
        _bytes = bytes;
        _bytes[0] = RecordReader.Version;
        Length = 1;
    }

    public int Length { get; private set; }

    /// <summary>The value of a field, to be written. False: there is no room.</summary>
    public bool TryBegin(RecordField field, int length, out Span<byte> value)
    {
        value = default;
        if (_bytes.Length - Length < RecordReader.HeaderLength + length) return false;
        _bytes[Length] = (byte)field;
        _bytes[Length + 1] = (byte)length;
        value = _bytes.Slice(Length + RecordReader.HeaderLength, length);
        Length += RecordReader.HeaderLength + length;
        return true;
    }

    public void Write(RecordField field, ReadOnlySpan<byte> bytes)
    {
        if (TryBegin(field, bytes.Length, out Span<byte> value)) bytes.CopyTo(value);
    }

    public void Write(RecordField field, byte number)
    {
        if (TryBegin(field, sizeof(byte), out Span<byte> value)) value[0] = number;
    }

    public void Write(RecordField field, ulong number)
    {
        if (TryBegin(field, sizeof(ulong), out Span<byte> value)) BinaryPrimitives.WriteUInt64BigEndian(value, number);
    }
}
