using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Appliance.Engine;

/// <summary>
/// The frames of one worker: slots in slabs outside the managed heap, their <see cref="FrameInfo"/> beside them, a stack of free ones for
/// each slot class so that the slot used last, still in the cache, is used next. Only the owning worker rents and returns; a frame that
/// ends elsewhere comes home through a ring. When a class is empty the next larger one serves; when all are, the frame is refused and
/// counted.
/// </summary>
public sealed unsafe class FramePool : IDisposable
{
    /// <summary>Bytes kept free in front of a frame, for tags and for the headers of virtual ports.</summary>
    public const int HeadroomBytes = 128;

    /// <summary>The longest frame without tags: an Ethernet header and 65,535 bytes.</summary>
    public const int MaxFrameBytes = 65_549;

    private const int ClassCount = 3;
    private const int PageBytes = 4096;
    private const int CacheLineBytes = 64;              // HeadroomBytes is a multiple

    private readonly FreeStack[] _free = new FreeStack[ClassCount];
    private readonly NativeArray<byte>[] _slabs = new NativeArray<byte>[ClassCount];
    private bool _isDisposed;

    private struct FreeStack
    {
        public nint[] Infos;                            // addresses of FrameInfo
        public int Count;
    }

    /// <param name="id">Of the worker that owns it.</param>
    /// <param name="size">Slots of each class.</param>
    /// <param name="memory">Of the slabs. Null: the C library's.</param>
    public FramePool(ushort id, FramePoolSize size, ITableMemory? memory = null)
    {
        Id = id;
        ReadOnlySpan<int> counts = [size.Small, size.Jumbo, size.Large];
        for (int slotClass = 0; slotClass < ClassCount; slotClass++)
            Build(slotClass, counts[slotClass], memory ?? ProcessMemory.Instance);
    }

    public ushort Id { get; }

    /// <summary>Frames rented since the start.</summary>
    public long Rented { get; private set; }

    /// <summary>Frames returned since the start.</summary>
    public long Returned { get; private set; }

    /// <summary>Frames that are somewhere else than here.</summary>
    public long InFlight => Rented - Returned;

    /// <summary>Bytes of a slot of a class, headroom included.</summary>
    public static int SlotBytes(int slotClass) => slotClass switch { 0 => 2 << 10, 1 => 10 << 10, _ => 68 << 10 };

    /// <summary>Takes a frame with room for <paramref name="bytes"/>; its length is that, its info is blank. False: none is left.</summary>
    public bool TryRent(int bytes, out Frame frame)
    {
        int slotClass = ClassFor(bytes);
        while (slotClass < ClassCount && _free[slotClass].Count == 0)
            slotClass++;
        if (slotClass >= ClassCount)
        {
            frame = default;
            return false;
        }

        ref FreeStack free = ref _free[slotClass];
        var info = (FrameInfo*)free.Infos[--free.Count];
        Rented++;
        Blank(info, bytes, MostColour(info->SlotClass, bytes));
        frame = new Frame(info);
        return true;
    }

    /// <summary>
    /// The same for as many frames of one length as there is place for in <paramref name="frames"/>; answers how many there were.
    /// </summary>
    public int Rent(int bytes, Span<Frame> frames)
    {
        int rented = 0;
        for (int slotClass = ClassFor(bytes); slotClass < ClassCount && rented < frames.Length; slotClass++)
        {
            ref FreeStack free = ref _free[slotClass];
            int taken = Math.Min(free.Count, frames.Length - rented);
            fixed (nint* infos = free.Infos.AsSpan(free.Count - taken))
                Rent(infos, bytes, MostColour(slotClass, bytes), frames.Slice(rented, taken));
            free.Count -= taken;
            rented += taken;
        }

        Rented += rented;
        return rented;
    }

    /// <summary>From the top of the stack down. Not inlined: the loop needs the registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Rent(nint* infos, int bytes, int most, Span<Frame> frames)
    {
        for (int i = 0; i < frames.Length; i++)
        {
            var info = (FrameInfo*)infos[frames.Length - 1 - i];
            Blank(info, bytes, most);
            frames[i] = new Frame(info);
        }
    }

    /// <summary>
    /// Takes <paramref name="count"/> frames of <paramref name="bytes"/>, chained, of which everything is known that is known of
    /// <paramref name="like"/>, whosever that is, but their bytes: each info is a copy. They lie so that what stands behind their first
    /// <paramref name="headerBytes"/> bytes begins on a cache line, for which up to 63 bytes of the headroom are given. False: there are
    /// not so many, and none is taken.
    /// </summary>
    public bool TryRentChain(Frame like, int count, int headerBytes, int bytes, out Frame first)
    {
        first = default;
        int slotClass = ClassFor(bytes), start = HeadroomBytes - (headerBytes & (CacheLineBytes - 1));
        if (count > CountFrom(slotClass)) return false;
        FrameInfo info = like.Info;
        info.Pool = Id;
        info.Start = start;
        info.Length = bytes;
        info.Next = default;
        ref byte known = ref Unsafe.As<FrameInfo, byte>(ref info);
        Vector512<byte> line0 = Vector512.LoadUnsafe(ref known), line1 = Vector512.LoadUnsafe(ref known, CacheLineBytes);
        for (Rented += count; count > 0; slotClass++)
        {
            ref FreeStack free = ref _free[slotClass];
            int taken = Math.Min(count, free.Count);
            foreach (nint address in free.Infos.AsSpan(free.Count - taken, taken))
            {
                var copy = (FrameInfo*)address;
                nint slot = copy->Slot;
                line0.Store((byte*)copy);
                line1.Store((byte*)copy + CacheLineBytes);
                copy->First = slot + start;
                copy->SlotClass = (byte)slotClass;
                copy->Next = first;
                first = new Frame(copy);
            }

            free.Count -= taken;
            count -= taken;
        }

        return true;
    }

    /// <summary>Takes a frame back. It must be of this pool and is not chained.</summary>
    public void Return(Frame frame)
    {
        ref FreeStack free = ref _free[frame.Info.SlotClass];
        free.Infos[free.Count++] = (nint)Unsafe.AsPointer(ref frame.Info);
        Returned++;
    }

    /// <summary>
    /// Takes back the frames from the front on that are this pool's and not chained; answers how many. The rest stay the caller's.
    /// </summary>
    public int Return(ReadOnlySpan<Frame> frames)
    {
        int returned = 0;
        while (returned < frames.Length)
        {
            int slotClass = frames[returned].Info.SlotClass;
            ref FreeStack free = ref _free[slotClass];
            int count = ReturnRun(frames[returned..], slotClass, free.Infos.AsSpan(free.Count));
            if (count == 0) break;
            free.Count += count;
            returned += count;
        }

        Returned += returned;
        return returned;
    }

    private int ReturnRun(ReadOnlySpan<Frame> frames, int slotClass, Span<nint> onto)
    {
        ushort id = Id;
        int count = 0;
        for (; count < frames.Length; count++)
        {
            ref FrameInfo info = ref frames[count].Info;
            if (info.Pool != id || info.SlotClass != slotClass || !info.Next.IsNull) break;
            onto[count] = (nint)Unsafe.AsPointer(ref info);
        }

        return count;
    }

    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        foreach (NativeArray<byte> slab in _slabs) slab.Free();
    }

    /// <summary>Frames left in a class and the larger ones, which serve when it is empty.</summary>
    private int CountFrom(int slotClass)
    {
        int count = 0;
        for (; slotClass < ClassCount; slotClass++) count += _free[slotClass].Count;
        return count;
    }

    private static int ClassFor(int bytes) =>
        bytes <= SlotBytes(0) - HeadroomBytes ? 0
        : bytes <= SlotBytes(1) - HeadroomBytes ? 1
        : bytes <= SlotBytes(2) - HeadroomBytes ? 2
        : ClassCount;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Blank(FrameInfo* info, int bytes, int mostColour)
    {
        nint slot = info->Slot;
        byte slotClass = info->SlotClass;
        ushort pool = info->Pool;
        *info = default;
        info->SlotClass = slotClass;
        info->Pool = pool;
        int start = HeadroomBytes + Math.Min(Colour(info), mostColour);
        info->First = slot + start;
        info->Start = start;
        info->Length = bytes;
    }

    /// <summary>
    /// Headroom beyond what is promised, by the slot's number: slots are parts of a page, so that their headers, all at one offset, would
    /// contend for two of the first cache's sets, and no more than a quarter of a batch would stay there from one stage to the next.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Colour(FrameInfo* info) => (int)((nint)info >> 2) & 0x1c0;      // the number's lowest bit chooses the page's half

    private static int MostColour(int slotClass, int bytes) => (SlotBytes(slotClass) - HeadroomBytes - bytes) & -CacheLineBytes;

    private static nuint PagesOf(nuint bytes) => (bytes + PageBytes - 1) & ~(nuint)(PageBytes - 1);

    private void Build(int slotClass, int count, ITableMemory memory)
    {
        int slotBytes = SlotBytes(slotClass);
        nuint infoBytes = (nuint)count * FrameInfo.SizeBytes;
        nuint slotsAt = PagesOf(infoBytes), slabBytes = slotsAt + ((nuint)count * (nuint)slotBytes);
        _slabs[slotClass] = new NativeArray<byte>(checked((int)(PageBytes + slabBytes)), memory);
        var slab = (byte*)PagesOf((nuint)_slabs[slotClass].Pointer);
        _free[slotClass] = new FreeStack { Infos = new nint[count], Count = count };
        for (int i = 0; i < count; i++)
        {
            FrameInfo* info = (FrameInfo*)slab + i;
            info->First = (nint)(slab + slotsAt + ((nuint)i * (nuint)slotBytes));
            info->SlotClass = (byte)slotClass;
            info->Pool = Id;
            _free[slotClass].Infos[count - 1 - i] = (nint)info;         // the lowest slot is on top
        }
    }
}
