using Appliance.Ports.Linux;

namespace Appliance.FirstBoot;

/// <summary>Files that are there whole or not at all, and their owner's alone.</summary>
internal static class WholeFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Written beside, brought to disk, renamed. On disk when it returns.</summary>
    /// <exception cref="IOException">It is not; what was there before still is.</exception>
    public static void Write(string path, ReadOnlySpan<byte> contents)
    {
        string folder = Path.GetDirectoryName(path)!, half = path + ".half-written";
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, UnixCreateMode = OwnerOnly, BufferSize = 0,
        };
        using (var file = new FileStream(half, options))
        {
            file.Write(contents);
            file.Flush(flushToDisk: true);
        }

        File.Move(half, path, overwrite: true);
        DurableFolder.Flush(folder);
    }
}
