using System.Buffers.Binary;
using System.Text;

namespace Appliance.Management;

/// <summary>
/// Copies pcapng whole block by whole block, so that the file can be read whenever it ends, and counts: packets, and those that the
/// statistics say were lost.
/// </summary>
/// <param name="from">Whence it comes.</param>
/// <param name="open">Whither it goes: called when there is something to write, so that no file is empty. It is the caller's.</param>
public sealed class PcapngCopy(Stream from, Func<Stream> open)
{
    private const uint StatisticsBlock = 5, PacketBlock = 6;
    private const int HeaderLength = 8, ShortestBlock = 12, LongestBlock = 1 << 20, DroppedAt = HeaderLength + 12 + 12 + 4;
    private const int CommentAt = DroppedAt + 8, OptionHeaderLength = 4;
    private const ushort CommentOption = 1;

    private byte[] _block = new byte[4096];

    public long Packets { get; private set; }

    public long Lost { get; private set; }

    /// <summary>Why the appliance ended it, as its last statistics say; empty: it did not.</summary>
    public string Ending { get; private set; } = "";

    /// <summary>Until there is no more, or it is cancelled; <paramref name="told"/> is called behind each packet.</summary>
    /// <exception cref="InvalidDataException">It is no pcapng.</exception>
    public async Task RunAsync(Action? told, CancellationToken cancellation)
    {
        Stream? to = null;
        while (await ReadBlockAsync(cancellation) is var length and > 0)
        {
            to ??= open();
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(_block);
            await to.WriteAsync(_block.AsMemory(0, length), CancellationToken.None);
            if (type == StatisticsBlock && length >= CommentAt) ReadStatistics(_block.AsSpan(0, length));
            if (type != PacketBlock) continue;
            Packets++;
            told?.Invoke();
        }
    }

    private void ReadStatistics(ReadOnlySpan<byte> block)
    {
        Lost = (long)BinaryPrimitives.ReadUInt64LittleEndian(block[DroppedAt..]);
        ReadOnlySpan<byte> rest = block[CommentAt..];
        if (rest.Length < OptionHeaderLength || BinaryPrimitives.ReadUInt16LittleEndian(rest) != CommentOption) return;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
        if (OptionHeaderLength + length <= rest.Length) Ending = Encoding.UTF8.GetString(rest.Slice(OptionHeaderLength, length));
    }

    /// <summary>Its length; 0 at the end.</summary>
    private async Task<int> ReadBlockAsync(CancellationToken cancellation)
    {
        Memory<byte> header = _block.AsMemory(0, HeaderLength);
        if (await from.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancellation) < HeaderLength) return 0;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_block.AsSpan(4));
        if (length is < ShortestBlock or > LongestBlock || length % 4 != 0)
            throw new InvalidDataException("what the appliance sends is no pcapng");
        if (length > _block.Length) Array.Resize(ref _block, (int)length);
        await from.ReadExactlyAsync(_block.AsMemory(HeaderLength, (int)length - HeaderLength), cancellation);
        return (int)length;
    }
}
