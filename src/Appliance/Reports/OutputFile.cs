using Appliance.Configuration;

namespace Appliance.Reports;

/// <summary>A file that the command line names for what a run has to say, written anew.</summary>
internal static class OutputFile
{
    /// <summary>
    /// Opens it alone: the lock fails on a capture that this run reads or writes, by whatever name, before the file is emptied. A device or
    /// a pipe is not emptied, and is for everybody who may write to it.
    /// </summary>
    /// <exception cref="IOException">It cannot be opened, or another has it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be.</exception>
    public static FileStream Create(string path, int bufferBytes = 0)
    {
        FileShare share = NamedFile.IsSpecial(path) ? FileShare.ReadWrite : FileShare.None;
        return new FileStream(path, FileMode.Create, FileAccess.Write, share, bufferBytes);
    }
}
