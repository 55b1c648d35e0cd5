using static System.Buffers.Binary.BinaryPrimitives;

namespace Appliance.Wire.Transport;

/// <summary>Walks the chunks of an SCTP packet (RFC 9260 §3.2), at most <see cref="MaxChunks"/> of them.</summary>
public ref struct SctpChunkReader
{
    /// <summary>More chunks than that count as malformed; bundling at 1,500 bytes seldom exceeds ten.</summary>
    public const int MaxChunks = 256;

    private const int ChunkHeaderLength = 4;                          // bytes: type, flags, length

    private readonly ReadOnlySpan<byte> _chunks;
    private int _next;
    private int _count;

    public SctpChunkReader(ReadOnlySpan<byte> chunks) => _chunks = chunks;

    /// <summary>The chunk that the last <see cref="MoveNext"/> found; it is overwritten by the next.</summary>
    public SctpChunk Current { get; private set; }

    /// <summary>The walk ended at a chunk whose length is below 4 or beyond the packet, or at too many chunks.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>False at the end, and at the first malformed chunk: then <see cref="IsMalformed"/> says so.</summary>
    public bool MoveNext()
    {
        ReadOnlySpan<byte> rest = _chunks[_next..];
        if (rest.IsEmpty) return false;

        int length = rest.Length >= ChunkHeaderLength ? ReadUInt16BigEndian(rest[2..]) : 0;
        IsMalformed = length < ChunkHeaderLength || length > rest.Length || _count == MaxChunks;
        if (IsMalformed) return false;

        Current = new SctpChunk((SctpChunkType)rest[0], rest[1], rest[ChunkHeaderLength..length]);
        _next += Math.Min((length + 3) & ~3, rest.Length);            // padded to 4; the last one's padding may be missing
        _count++;
        return true;
    }
}
