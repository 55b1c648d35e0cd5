using System.Numerics;
using System.Runtime.CompilerServices;

namespace Appliance.Wire.Checksums;

/// <summary>Arithmetic in which 2^16 is 1, so that carries out of the top come in again at the bottom (RFC 1071 §2).</summary>
internal static class OnesComplement
{
    /// <summary>The sum in 16 bits; 0 only when it was 0, for 0xffff is the other zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Fold(ulong sum)
    {
        // "Add the half turned round", twice: the upper half then holds lower + upper + carry.
        uint words = (uint)((sum + BitOperations.RotateRight(sum, 32)) >> 32);
        return (ushort)((words + BitOperations.RotateRight(words, 16)) >> 16);
    }
}
