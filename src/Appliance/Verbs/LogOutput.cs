using Appliance.Firewall;
using Appliance.Node;
using Appliance.Reports;

namespace Appliance.Verbs;

/// <summary>The file of <c>--log</c>: opened before the replay, so that a path that cannot be written is said first.</summary>
internal sealed class LogOutput : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;
    private readonly LogFile _file;
    private string? _fault;                         // the first; nothing is written from then on

    private LogOutput(string path, FileStream stream, LogFormat format) =>
        (_path, _stream, _file) = (path, stream, new LogFile(stream, format));

    /// <summary>The names of the formats, as <c>--log-format</c> takes them.</summary>
    public static IReadOnlyDictionary<string, LogFormat> Formats { get; } = new SortedDictionary<string, LogFormat>(StringComparer.Ordinal)
    {
        ["filterlog"] = LogFormat.FilterLog, ["json"] = LogFormat.Json, ["pflog"] = LogFormat.Pflog,
    };

    private static readonly Dictionary<string, LogFormat> Endings = new(StringComparer.OrdinalIgnoreCase)
    {
        [".json"] = LogFormat.Json, [".jsonl"] = LogFormat.Json, [".ndjson"] = LogFormat.Json, [".csv"] = LogFormat.FilterLog,
        [".log"] = LogFormat.FilterLog, [".pcap"] = LogFormat.Pflog, [".pflog"] = LogFormat.Pflog,
    };

    /// <summary>Null: no log is asked for.</summary>
    /// <exception cref="RefusedException">The format is not told, or none of these.</exception>
    /// <exception cref="FailedException">The file cannot be opened for writing.</exception>
    public static LogOutput? Create(string? path, string? format)
    {
        if (path is null) return format is null ? null : throw new RefusedException("--log-format: expected --log FILE with it");
        LogFormat chosen = FormatOf(path, format);
        try
        {
            return new LogOutput(path, OutputFile.Create(path), chosen);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            throw new FailedException($"--log {path}: cannot be written: {Reason(path, failure)}");
        }
    }

    public void Write(LogEntry entry) => Try(() => _file.Write(entry));

    /// <summary>Writes out what is buffered; answers the line that says why not all of it could be written, or null.</summary>
    public string? TryFinish()
    {
        Try(_file.Dispose);
        return _fault;
    }

    public void Dispose() => _stream.Dispose();

    private void Try(Action write)
    {
        if (_fault is not null) return;
        try
        {
            write();
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            _fault = $"--log {_path}: cannot be written: {FileFault.Reason(_path, failure)}";
        }
    }

    private static LogFormat FormatOf(string path, string? format)
    {
        string known = string.Join(", ", Formats.Keys);
        if (format is not null)
        {
            return Formats.TryGetValue(format, out LogFormat named)
                ? named
                : throw new RefusedException($"--log-format {format}: expected one of {known}");
        }

        if (Endings.TryGetValue(Path.GetExtension(path), out LogFormat found)) return found;
        throw new RefusedException($"--log {path}: its ending tells no format; expected --log-format with one of {known}");
    }

    private static string Reason(string path, Exception failure) =>
        failure is DirectoryNotFoundException && !Directory.Exists(path) ? "there is no such folder" : FileFault.Reason(path, failure);
}
