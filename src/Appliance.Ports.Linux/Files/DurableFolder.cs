using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>A folder whose entries are to survive a loss of power.</summary>
public static partial class DurableFolder
{
    private const int ReadOnlyDirectory = 0x10000;                      // O_RDONLY | O_DIRECTORY
    private const int CloseOnExec = 0x80000;                            // O_CLOEXEC

    /// <summary>Returns when what was created, renamed or removed in the folder so far is on disk: fsync(2) of the folder.</summary>
    /// <exception cref="IOException">It cannot be opened, or the disk refuses.</exception>
    public static void Flush(string path)
    {
        int descriptor = Open(path, ReadOnlyDirectory | CloseOnExec);
        if (descriptor < 0) throw Fault("open", path);
        int result = Synchronize(descriptor);
        IOException? fault = result < 0 ? Fault("fsync", path) : null;
        _ = Close(descriptor);
        if (fault is not null) throw fault;
    }

    private static IOException Fault(string call, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} {path}: {Marshal.GetPInvokeErrorMessage(error)} ({error})");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
