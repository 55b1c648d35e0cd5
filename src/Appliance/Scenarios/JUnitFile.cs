namespace Appliance.Scenarios;

/// <summary>The file of <c>--junit</c>: opened before the first scenario, so that a path that cannot be written is said first.</summary>
internal sealed class JUnitFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;

    private JUnitFile(string path, FileStream stream)
    {
        _path = path;
        _stream = stream;
    }

    /// <exception cref="FailedException">It cannot be opened for writing.</exception>
    public static JUnitFile Create(string path)
    {
        try
        {
            return new JUnitFile(path, new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0));
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            throw Fault(path, failure);
        }
    }

    /// <exception cref="FailedException">It cannot be written.</exception>
    public void Write(byte[] report)
    {
        try
        {
            _stream.Write(report);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            throw Fault(_path, failure);
        }
    }

    public void Dispose() => _stream.Dispose();

    private static FailedException Fault(string path, Exception failure)
    {
        string reason = failure is DirectoryNotFoundException && !Directory.Exists(path)
            ? "there is no such folder"
            : FileFault.Reason(path, failure);
        return new FailedException($"--junit {path}: cannot be written: {reason}");
    }
}
