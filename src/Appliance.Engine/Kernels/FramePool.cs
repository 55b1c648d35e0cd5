using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
    private const int CacheLineBytes = 64;              // HeadroomBytes is a multiple
    private const nuint SlabAlignment = 2 << 20;        // a huge page, where the kernel has one

    private readonly FreeStack[] _free = new FreeStack[ClassCount];
    private readonly nint[] _slabs = new nint[ClassCount];

    private struct FreeStack
    {
        public nint[] Infos;                            // addresses of FrameInfo
        public int Count;
    }

    public FramePool(ushort id, FramePoolSize size)
    {
        Id = id;
        ReadOnlySpan<int> counts = [size.Small, size.Jumbo, size.Large];
        for (int slotClass = 0; slotClass < ClassCount; slotClass++)
            Build(slotClass, counts[slotClass]);
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
        if (!TryTake(bytes, out FrameInfo* info))
        {
            frame = default;
            return false;
        }

        Blank(info, bytes);
        frame = new Frame(info);
        return true;
    }

    /// <summary>How many frames with room for <paramref name="bytes"/> there are to rent.</summary>
    public int Available(int bytes)
    {
        int available = 0;
        for (int slotClass = ClassFor(bytes); slotClass < ClassCount; slotClass++)
            available += _free[slotClass].Count;
        return available;
    }

    /// <summary>
    /// Takes a frame of <paramref name="bytes"/> of which everything is known that is known of <paramref name="like"/>, whosever that is,
    /// but its bytes: its info is a copy. It lies so that what stands behind its first <paramref name="headerBytes"/> bytes begins on a
    /// cache line, for which up to 63 bytes of the headroom are given. False: none is left.
    /// </summary>
    public bool TryRentLike(Frame like, int headerBytes, int bytes, out Frame frame)
    {
        if (!TryTake(bytes, out FrameInfo* info))
        {
            frame = default;
            return false;
        }

        nint slot = info->Slot;
        byte slotClass = info->SlotClass;
        *info = like.Info;
        info->Slot = slot;
        info->SlotClass = slotClass;
        info->Pool = Id;
        info->Start = HeadroomBytes - (headerBytes & (CacheLineBytes - 1));
        info->Length = bytes;
        frame = new Frame(info);
        return true;
    }

    /// <summary>Takes a frame back. It must be of this pool and is not chained.</summary>
    public void Return(Frame frame)
    {
        ref FreeStack free = ref _free[frame.Info.SlotClass];
        free.Infos[free.Count++] = (nint)Unsafe.AsPointer(ref frame.Info);
        Returned++;
    }

    public void Dispose()
    {
        foreach (ref nint slab in _slabs.AsSpan())
        {
            NativeMemory.AlignedFree((void*)slab);
            slab = 0;
        }
    }

    private bool TryTake(int bytes, out FrameInfo* info)
    {
        info = null;
        int slotClass = ClassFor(bytes);
        while (slotClass < ClassCount && _free[slotClass].Count == 0)
            slotClass++;
        if (slotClass >= ClassCount) return false;
        ref FreeStack free = ref _free[slotClass];
        info = (FrameInfo*)free.Infos[--free.Count];
        Rented++;
        return true;
    }

    private static int ClassFor(int bytes) =>
        bytes <= SlotBytes(0) - HeadroomBytes ? 0
        : bytes <= SlotBytes(1) - HeadroomBytes ? 1
        : bytes <= SlotBytes(2) - HeadroomBytes ? 2
        : ClassCount;

    private static void Blank(FrameInfo* info, int bytes)
    {
        nint slot = info->Slot;
        byte slotClass = info->SlotClass;
        ushort pool = info->Pool;
        *info = default;
        info->Slot = slot;
        info->SlotClass = slotClass;
        info->Pool = pool;
        info->Start = HeadroomBytes;
        info->Length = bytes;
    }

    private void Build(int slotClass, int count)
    {
        int slotBytes = SlotBytes(slotClass);
        nuint infoBytes = (nuint)count * FrameInfo.SizeBytes;
        nuint slotsAt = (infoBytes + 4095) & ~(nuint)4095;
        nuint slabBytes = slotsAt + ((nuint)count * (nuint)slotBytes);
        byte* slab = (byte*)NativeMemory.AlignedAlloc(slabBytes, SlabAlignment);
        NativeMemory.Clear(slab, slotsAt);
        _slabs[slotClass] = (nint)slab;
        _free[slotClass] = new FreeStack { Infos = new nint[count], Count = count };
        for (int i = 0; i < count; i++)
        {
            FrameInfo* info = (FrameInfo*)slab + i;
            info->Slot = (nint)(slab + slotsAt + ((nuint)i * (nuint)slotBytes));
            info->SlotClass = (byte)slotClass;
            info->Pool = Id;
            _free[slotClass].Infos[count - 1 - i] = (nint)info;         // the lowest slot is on top
        }
    }
}
