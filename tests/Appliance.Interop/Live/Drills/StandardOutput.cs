using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Appliance.Interop.Live.Drills;

/// <summary>
/// Where a drill speaks that a person runs by hand, one at a time and under a runner that is silent. A test's own output comes a line at
/// a time with the test's name before it, which is no picture.
/// </summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;

    /// <summary>Whether somebody looks, or else reads it from a pipe or a file.</summary>
    public static bool IsTerminal =>
        File.ResolveLinkTarget("/proc/self/fd/1", returnFinalTarget: false)?.FullName is { } target
        && (target.StartsWith("/dev/pts/", StringComparison.Ordinal) || target.StartsWith("/dev/tty", StringComparison.Ordinal));

    /// <summary>Nothing waits in it; it stays open when the writer is closed.</summary>
    public static TextWriter Open() => new StreamWriter(
        new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0),
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
    {
        AutoFlush = true,
    };
}
