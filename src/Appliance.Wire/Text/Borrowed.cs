using System.Runtime.InteropServices;

namespace Appliance.Wire.Text;

/// <summary>The one place where read-only bytes become writable ones.</summary>
internal static class Borrowed
{
    /// <summary>
    /// Views can write in place and so they are made over <see cref="Span{T}"/>. The printers of this folder only read, and their bytes
    /// may be anybody's: a second set of views for read-only bytes, or a copy of each frame, would buy nothing. The promise that keeps
    /// this sound: nothing in this folder uses a view's setter or lets a span out. A test holds it to that.
    /// </summary>
    public static Span<byte> ForReading(ReadOnlySpan<byte> bytes) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(bytes), bytes.Length);
}
