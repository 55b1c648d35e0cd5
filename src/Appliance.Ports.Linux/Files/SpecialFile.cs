using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>What is no regular file and no folder: a pipe that has a name, a device, a socket.</summary>
public static unsafe partial class SpecialFile
{
    private const int WorkingFolder = -100;                             // AT_FDCWD
    private const uint TypeOnly = 1;                                    // STATX_TYPE
    private const int RecordLength = 256, ModeOffset = 28;              // of struct statx, the same on every architecture
    private const int TypeMask = 0xf000, Folder = 0x4000, Regular = 0x8000;

    /// <summary>
    /// Whether a path leads to one, through links; nothing is opened. False also where it leads nowhere: opening it says why.
    /// </summary>
    public static bool IsOne(string path)
    {
        byte* record = stackalloc byte[RecordLength];
        if (Describe(WorkingFolder, path, 0, TypeOnly, record) < 0) return false;
        return (*(ushort*)(record + ModeOffset) & TypeMask) is not (Regular or Folder);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Describe(int folder, string path, int flags, uint what, void* record);
}
