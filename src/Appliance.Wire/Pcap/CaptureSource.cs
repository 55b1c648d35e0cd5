namespace Appliance.Wire.Pcap;

/// <summary>
/// A stream read through one buffer that is used again and again. The buffer grows only as bytes arrive, never because a length field
/// claims them: it holds at most twice what the file really had to give, or <see cref="InitialLength"/>.
/// </summary>
internal sealed class CaptureSource(Stream stream, bool leaveOpen) : IDisposable
{
    private const int InitialLength = 64 << 10;                       // bytes
    private byte[] _buffer = new byte[InitialLength];
    private int _start;                                               // [_start, _end) is read and not yet taken
    private int _end;

    /// <summary>Bytes taken or skipped so far.</summary>
    public long Offset { get; private set; }

    /// <summary>Bytes that can be taken now.</summary>
    public int Available => _end - _start;

    /// <summary>The bytes that can be taken now, without taking them.</summary>
    public ReadOnlySpan<byte> Peeked => _buffer.AsSpan(_start, Available);

    /// <summary>Makes at least <paramref name="count"/> bytes available; false when the stream ends before.</summary>
    public bool TryFill(int count)
    {
        while (Available < count)
        {
            if (_end == _buffer.Length) MakeRoom();
            int got = stream.Read(_buffer, _end, _buffer.Length - _end);
            if (got == 0) return false;
            _end += got;
        }

        return true;
    }

    /// <summary>Bytes that <see cref="TryFill"/> made available; they stay as they are until the next fill or skip.</summary>
    public ReadOnlyMemory<byte> Take(int count)
    {
        ReadOnlyMemory<byte> taken = _buffer.AsMemory(_start, count);
        _start += count;
        Offset += count;
        return taken;
    }

    /// <summary>Passes over bytes without keeping them; false when the stream ends before.</summary>
    public bool TrySkip(long count)
    {
        while (count > 0)
        {
            if (!TryFill(1)) return false;
            int step = (int)Math.Min(count, Available);
            Take(step);
            count -= step;
        }

        return true;
    }

    public void Dispose()
    {
        if (!leaveOpen) stream.Dispose();
    }

    private void MakeRoom()
    {
        if (_start == 0)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
            return;
        }

        _buffer.AsSpan(_start, Available).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
    }
}
