namespace Appliance.Wire.Pcap;

/// <summary>
/// A stream written through one buffer. Full, the buffer goes to the stream; the rest goes with <see cref="Flush"/> or
/// <see cref="Dispose"/>.
/// </summary>
internal sealed class CaptureSink(Stream stream, bool leaveOpen) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _length;

    /// <summary>Room for a few bytes, at most the buffer's; to be filled by the caller before the next call.</summary>
    public Span<byte> Next(int count)
    {
        if (count > _buffer.Length - _length) WriteBuffer();
        Span<byte> room = _buffer.AsSpan(_length, count);
        _length += count;
        return room;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= _buffer.Length)
        {
            bytes.CopyTo(Next(bytes.Length));
            return;
        }

        WriteBuffer();
        stream.Write(bytes);
    }

    public void Flush()
    {
        WriteBuffer();
        stream.Flush();
    }

    public void Dispose()
    {
        Flush();
        if (!leaveOpen) stream.Dispose();
    }

    private void WriteBuffer()
    {
        stream.Write(_buffer, 0, _length);
        _length = 0;
    }
}
