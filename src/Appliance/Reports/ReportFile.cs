namespace Appliance.Reports;

/// <summary>
/// A file that an option names for what a run finds: opened before the run, so that a path that cannot be written is said first.
/// </summary>
internal sealed class ReportFile : IDisposable
{
    private readonly string _option;
    private readonly FileStream _stream;

    /// <param name="option">As it stands on the command line, with its dashes.</param>
    /// <param name="path">The option's value.</param>
    /// <exception cref="FailedException">It cannot be opened for writing.</exception>
    public ReportFile(string option, string path)
    {
        (_option, Path) = (option, path);
        try
        {
            _stream = OutputFile.Create(path);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            throw new FailedException(Fault(failure));
        }
    }

    /// <summary>As it was given.</summary>
    public string Path { get; }

    /// <summary>Writes the whole report; answers the line that says why it could not, or null.</summary>
    public string? TryWrite(byte[] report)
    {
        try
        {
            _stream.Write(report);
            return null;
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            return Fault(failure);
        }
    }

    public void Dispose() => _stream.Dispose();

    private string Fault(Exception failure)
    {
        string reason = failure is DirectoryNotFoundException && !Directory.Exists(Path)
            ? "there is no such folder"
            : FileFault.Reason(Path, failure);
        return $"{_option} {Path}: cannot be written: {reason}";
    }
}
