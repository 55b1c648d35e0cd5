using System.Collections.Immutable;
using Appliance.Ports.Linux;

namespace Appliance.FirstBoot;

/// <summary>Files that are there whole or not at all, and their owner's alone.</summary>
internal static class WholeFile
{
    /// <summary>How a file's name ends while it is being written.</summary>
    public const string HalfWritten = ".half-written";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <inheritdoc cref="WriteAll"/>
    public static void Write(string path, byte[] contents) => WriteAll([(path, contents)]);

    /// <summary>
    /// All are written beside and brought to disk before the first is renamed, so that a full disk leaves what was there before; renamed
    /// one after another, each on disk before the next, the last of them saying that all are. On disk when it returns.
    /// </summary>
    /// <param name="files">Each path once.</param>
    /// <exception cref="IOException">They are not. But where a rename itself fails, what was there before still is.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static void WriteAll(ImmutableArray<(string Path, byte[] Contents)> files)
    {
        try
        {
            foreach ((string path, byte[] contents) in files) WriteHalf(path, contents);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            foreach ((string path, _) in files) TryDelete(path + HalfWritten);
            throw;
        }

        foreach ((string path, _) in files)
        {
            File.Move(path + HalfWritten, path, overwrite: true);
            DurableFolder.Flush(Path.GetDirectoryName(path)!);
        }
    }

    private static void WriteHalf(string path, byte[] contents)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OwnerOnly | UnixFileMode.UserExecute);
        if (Directory.Exists(path)) throw new IOException($"{path}: it is a folder; expected a file, or nothing");
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, UnixCreateMode = OwnerOnly, BufferSize = 0,
        };
        using var file = new FileStream(path + HalfWritten, options);
        file.Write(contents);
        file.Flush(flushToDisk: true);
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            // The next one to write there overwrites it
        }
    }
}
