using System.Numerics;

namespace Appliance.Ports.Linux;

/// <summary>
/// What the kernel has received, in memory that it shares with us (PACKET_RX_RING of TPACKET_V2). Slots are as small as an ordinary frame
/// of the device: what does not fit waits whole in the socket's queue, and its slot says so. So a burst of small frames
/// lies close together, and a large frame is copied once, by the kernel, to where it stays.
/// <code>
///     slot:  | SlotHeader | address of sender | virtio header | frame …   |
///            0                                                ^ FrameOffset
/// </code>
/// </summary>
internal sealed unsafe class ReceiveRing : IDisposable
{
    /// <summary>In front of a frame in its slot: headers, alignment, the virtio header.</summary>
    public const int OverheadBytes = 96;

    private const uint MostBlockBytes = 1 << 18;        // that the kernel must find in one piece
    private const int ReadWrite = 3, SharedPopulated = 0x8001;          // PROT_READ | PROT_WRITE; MAP_SHARED | MAP_POPULATE

    private readonly nuint _bytes;
    private readonly uint _slotBytes;
    private readonly uint _slots;
    private byte* _memory;
    private uint _next;

    /// <param name="socket">Not yet bound.</param>
    /// <param name="frameBytes">The longest frame that is to find room in a slot.</param>
    /// <param name="slots">Frames that may wait, rounded up to a power of two.</param>
    /// <param name="subject">For errors.</param>
    public ReceiveRing(Descriptor socket, int frameBytes, int slots, string subject)
    {
        _slotBytes = SlotBytesFor(frameBytes);
        _slots = Math.Max(BitOperations.RoundUpToPowerOf2((uint)slots), 4096 / Math.Min(_slotBytes, 4096));
        _bytes = (nuint)_slotBytes * _slots;
        uint blockBytes = (uint)Math.Min(_bytes, MostBlockBytes);
        var request = new PacketCalls.RingRequest
        {
            BlockBytes = blockBytes,
            Blocks = (uint)(_bytes / blockBytes),
            SlotBytes = _slotBytes,
            Slots = _slots,
        };
        Sockets.Set(
            socket, PacketCalls.Level, PacketCalls.ReceiveRing, &request, sizeof(PacketCalls.RingRequest), "PACKET_RX_RING", subject);
        void* mapped = Libc.Map(null, _bytes, ReadWrite, SharedPopulated, socket.Number, 0);
        if ((nint)mapped == -1) throw SystemCallException.Last("mmap of the receive ring", subject);
        _memory = (byte*)mapped;
    }

    /// <summary>A power of two, or 0: as many slots as that much memory holds.</summary>
    /// <param name="bytes">Of memory.</param>
    /// <param name="frameBytes">The longest frame that is to find room in a slot.</param>
    public static int SlotsWithin(long bytes, int frameBytes)
    {
        long slots = Math.Min(bytes / SlotBytesFor(frameBytes), 1 << 30);
        return slots == 0 ? 0 : 1 << BitOperations.Log2((ulong)slots);
    }

    /// <summary>Whether a frame waits.</summary>
    public bool HasNext => (Volatile.Read(ref Next->Status) & PacketCalls.StatusUser) != 0;

    /// <summary>The oldest slot. Its contents count only where <see cref="HasNext"/>.</summary>
    public PacketCalls.SlotHeader* Next => (PacketCalls.SlotHeader*)(_memory + ((nuint)_next * _slotBytes));

    /// <summary>Gives the oldest slot back to the kernel.</summary>
    public void Release()
    {
        Volatile.Write(ref Next->Status, 0u);
        _next = (_next + 1) & (_slots - 1);
    }

    public void Dispose()
    {
        if (_memory != null) _ = Libc.Unmap(_memory, _bytes);
        _memory = null;
    }

    private static uint SlotBytesFor(int frameBytes) => BitOperations.RoundUpToPowerOf2((uint)(frameBytes + OverheadBytes));
}
