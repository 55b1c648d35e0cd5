using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>struct timespec of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    public long Seconds;
    public long Nanoseconds;

    public static TimeSpec Of(long nanoseconds) =>
        new() { Seconds = nanoseconds / NanosecondsPerSecond, Nanoseconds = nanoseconds % NanosecondsPerSecond };
}
