namespace Appliance.Reports.Page;

/// <summary>The file of <c>--report</c>: opened before the replay, so that a path that cannot be written is said first.</summary>
internal sealed class PageFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;

    private PageFile(string path, FileStream stream)
    {
        _path = path;
        _stream = stream;
    }

    /// <summary>The line of the report for people that says where the page is; empty until it is written.</summary>
    public string Line { get; private set; } = "";

    /// <exception cref="FailedException">It cannot be opened for writing.</exception>
    public static PageFile Create(string path)
    {
        try
        {
            // Alone: the lock fails on a capture that this replay reads or writes, before the file is emptied.
            return new PageFile(path, new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0));
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            throw new FailedException(Fault(path, failure));
        }
    }

    /// <summary>Writes the whole page; answers the line that says why it could not, or null.</summary>
    public string? TryWrite(byte[] page)
    {
        try
        {
            _stream.Write(page);
            Line = $"page          {_path}{Environment.NewLine}";
            return null;
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            return Fault(_path, failure);
        }
    }

    public void Dispose() => _stream.Dispose();

    private static string Fault(string path, Exception failure)
    {
        string reason = failure is DirectoryNotFoundException && !Directory.Exists(path)
            ? "there is no such folder"
            : FileFault.Reason(path, failure);
        return $"--report {path}: cannot be written: {reason}";
    }
}
