using System.Runtime.InteropServices;
using Appliance.Engine;
using Appliance.Offload;

namespace Appliance.Ports.Linux;

/// <summary>
/// Frames for one sendmmsg(2): messages, and the lists of where their bytes are, in memory of their own so that nothing is pinned or
/// allocated when frames leave.
/// </summary>
internal sealed unsafe class MessageBatch : IDisposable
{
    public const int Capacity = 64;                     // messages

    private const int PartCapacity = (LeavingParts.Ordinary * Capacity) + LeavingParts.Most;

    private BatchedMessage* _messages = (BatchedMessage*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(BatchedMessage));
    private Part* _parts = (Part*)NativeMemory.AllocZeroed(PartCapacity, (nuint)sizeof(Part));
    private VirtioHeader* _headers = (VirtioHeader*)NativeMemory.AllocZeroed(Capacity, (nuint)sizeof(VirtioHeader));
    private byte* _heads = (byte*)NativeMemory.AllocZeroed(Capacity, LargeFrame.MaxHeaderBytes);

    /// <summary>Lists the first of <paramref name="frames"/>, as many as there is room for; at least one. Answers how many.</summary>
    public int Load(ReadOnlySpan<Frame> frames)
    {
        var parts = new Span<Part>(_parts, PartCapacity);
        int used = 0, loaded = 0;
        int most = Math.Min(frames.Length, Capacity);
        for (; loaded < most && parts.Length - used >= LeavingParts.Ordinary; loaded++)
        {
            int count = LeavingParts.List(frames[loaded], _headers + loaded, _heads + (loaded * LargeFrame.MaxHeaderBytes), parts[used..]);
            if (count == 0) break;
            ref MessageHeader message = ref _messages[loaded].Header;
            message.Parts = _parts + used;
            message.PartCount = count;
            used += count;
        }

        return loaded;
    }

    /// <summary>Sends the first messages as listed. Answers how many the kernel took; negative, with errno: not even one.</summary>
    public int Send(int socket, int messages) => Libc.SendMessages(socket, _messages, messages, Sockets.DontWait);

    public void Dispose()
    {
        NativeMemory.Free(_messages);
        NativeMemory.Free(_parts);
        NativeMemory.Free(_headers);
        NativeMemory.Free(_heads);
        _messages = null;
        _parts = null;
        _headers = null;
        _heads = null;
    }
}
