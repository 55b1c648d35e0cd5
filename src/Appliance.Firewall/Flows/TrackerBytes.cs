using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>
/// Room for what the tracker of a protocol keeps of a state, if that is more than a <see cref="PairTrack"/>. All zero when the state is
/// made.
/// </summary>
[InlineArray(Length)]
public struct TrackerBytes
{
    public const int Length = 56;

    private byte _first;

    /// <summary>The bytes as the tracker's own struct, of at most <see cref="Length"/> bytes.</summary>
    [UnscopedRef]
    public ref T As<T>() where T : unmanaged => ref MemoryMarshal.AsRef<T>(MemoryMarshal.CreateSpan(ref _first, Length));
}
