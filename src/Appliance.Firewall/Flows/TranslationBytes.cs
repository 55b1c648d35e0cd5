using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>
/// Room for what translation keeps of a state besides its two keys, such as checksum deltas and sequence offsets. All zero when the
/// state is made.
/// </summary>
[InlineArray(Length)]
public struct TranslationBytes
{
    public const int Length = 28;

    private byte _first;

    /// <summary>The bytes as the translator's own struct, of at most <see cref="Length"/> bytes.</summary>
    [UnscopedRef]
    public ref T As<T>() where T : unmanaged => ref MemoryMarshal.AsRef<T>(MemoryMarshal.CreateSpan(ref _first, Length));
}
