using Appliance.Fuzz.Oracle;

namespace Appliance.Fuzz.Mutation;

/// <summary>A frame in the making: bytes that grow, shrink and move within one buffer.</summary>
internal sealed class Mutant
{
    private readonly byte[] _buffer = new byte[Burst.MaxFrameBytes];

    public int Length { get; private set; }

    public Span<byte> Bytes => _buffer.AsSpan(0, Length);

    /// <summary>Where the headers are, if they are anywhere: found again after every mutation.</summary>
    public Layout Layout { get; private set; }

    public void Start(ReadOnlySpan<byte> seed)
    {
        Length = Math.Min(seed.Length, _buffer.Length);
        seed[..Length].CopyTo(_buffer);
        Look();
    }

    public void Look() => Layout = Layout.Of(Bytes);

    /// <summary>
    /// Makes room at <paramref name="at"/>; what does not fit falls off the end. Answers the room, filled with whatever was there.
    /// </summary>
    public Span<byte> Insert(int at, int count)
    {
        at = Math.Min(at, Length);
        count = Math.Min(count, _buffer.Length - at);
        int tail = Math.Min(Length - at, _buffer.Length - at - count);
        _buffer.AsSpan(at, tail).CopyTo(_buffer.AsSpan(at + count));
        Length = at + count + tail;
        return _buffer.AsSpan(at, count);
    }

    public void Remove(int at, int count)
    {
        if (at >= Length) return;
        count = Math.Min(count, Length - at);
        _buffer.AsSpan(at + count, Length - at - count).CopyTo(_buffer.AsSpan(at));
        Length -= count;
    }

    public void Cut(int length) => Length = Math.Min(Length, length);
}
