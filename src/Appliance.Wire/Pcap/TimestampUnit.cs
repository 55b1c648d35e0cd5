namespace Appliance.Wire.Pcap;

/// <summary>What a pcapng interface counts time in (if_tsresol and if_tsoffset, draft-ietf-opsawg-pcapng §4.2).</summary>
/// <param name="Resolution">The count is in 10^-n seconds, or in 2^-n seconds when the top bit is set; n is the other seven bits.</param>
/// <param name="OffsetSeconds">Added to every count.</param>
internal readonly record struct TimestampUnit(byte Resolution, long OffsetSeconds)
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int NanosecondExponent = 9;
    private const int LargestPower = 19;                              // 10^19 is the last that fits a ulong

    public static readonly TimestampUnit Microseconds = new(6, 0);

    /// <summary>Since the epoch, rounded down, clamped to what a long can hold.</summary>
    public long ToNanoseconds(ulong count)
    {
        int exponent = Resolution & 0x7f;
        UInt128 scaled = (Resolution & 0x80) != 0 ? ((UInt128)count * NanosecondsPerSecond) >> exponent
            : exponent <= NanosecondExponent ? (UInt128)count * PowerOfTen(NanosecondExponent - exponent)
            : exponent - NanosecondExponent <= LargestPower ? count / PowerOfTen(exponent - NanosecondExponent)
            : 0;
        Int128 sum = (Int128)scaled + ((Int128)OffsetSeconds * NanosecondsPerSecond);
        return (long)Int128.Clamp(sum, long.MinValue, long.MaxValue);
    }

    private static ulong PowerOfTen(int exponent)
    {
        ulong power = 1;
        for (; exponent > 0; exponent--) power *= 10;
        return power;
    }
}
