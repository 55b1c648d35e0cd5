using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Appliance.Ports.Linux;

namespace Appliance.Benchmarks.Memory;

/// <summary>Bytes outside the managed heap, in huge pages where the kernel gives them: how a frame pool's slots lie in memory.</summary>
internal sealed class Slab : SafeHandle
{
    private readonly int _length;

    public Slab(int length)
        : base(0, ownsHandle: true)
    {
        _length = length;
        SetHandle(MappedMemory.HugePages.Allocate((nuint)length));
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Zero at first. Not to be used once this is disposed.</summary>
    public unsafe Span<byte> Bytes => new((void*)handle, _length);

    /// <summary>Where bytes of a slab begin, which never move.</summary>
    public static unsafe nint AddressOf(Span<byte> bytes) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));

    protected override bool ReleaseHandle()
    {
        MappedMemory.HugePages.Free(handle, (nuint)_length);
        return true;
    }
}
