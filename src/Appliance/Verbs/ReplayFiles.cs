using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Node;
using Appliance.Reports;

namespace Appliance.Verbs;

/// <summary>The captures of a replay, opened before anything runs so that what is missing is said first.</summary>
internal sealed class ReplayFiles : IDisposable
{
    private const int BufferBytes = 256 << 10;

    private readonly List<Stream> _open = [];

    public ImmutableArray<ReplayInput> Inputs { get; private set; } = [];

    /// <summary>By port index; null where nothing is written.</summary>
    public ImmutableArray<Stream?> Streams { get; private set; } = [];

    /// <summary>Bytes of all inputs.</summary>
    public long TotalBytes => Inputs.Sum(input => input.Content.CanSeek ? input.Content.Length : 0);

    /// <summary>Bytes of the inputs that have been read.</summary>
    public long ReadBytes => Inputs.Sum(input => input.Content.CanSeek ? input.Content.Position : 0);

    public static ReplayFiles Open(IReadOnlyList<string> arguments, RuntimeModel model)
    {
        // All names are judged before the first file is touched: a wrong one is exit 2, a missing file exit 1.
        var named = arguments.Select(argument => Split(argument, model)).ToList();
        var files = new ReplayFiles();
        try
        {
            files.Inputs = [.. named.Select(input => new ReplayInput(input.Label, input.File, input.Ports, files.OpenInput(input.File)))];
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public static ReplayFiles Create(string? directory, RuntimeModel model)
    {
        var files = new ReplayFiles();
        if (directory is null)
        {
            files.Streams = [.. model.Ports.Select(Stream? (_) => null)];
            return files;
        }

        MakeFolder(directory);
        try
        {
            files.Streams = [.. model.Ports.Select(port => port.IsPhysical ? files.CreateOutput(directory, port) : null)];
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (Stream stream in _open)
            stream.Dispose();
    }

    /// <summary>A capture, opened to be read from its start to its end.</summary>
    /// <exception cref="FailedException">It cannot be opened.</exception>
    public static FileStream OpenCapture(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            throw new FailedException($"{file}: cannot be read: {FileFault.Reason(file, failure)}");
        }
    }

    private static (string Label, string File, ImmutableArray<int> Ports) Split(string argument, RuntimeModel model)
    {
        int equals = argument.IndexOf('=');
        string label = argument[..Math.Max(0, equals)];
        string file = argument[(equals + 1)..];
        if (file.Length == 0 || label.Split(',').Contains(""))
            throw new RefusedException($"--in {argument}: expected PORT=FILE or PORT,PORT=FILE");
        return (label, file, CommonOptions.PhysicalPorts(model, label, "--in"));
    }

    private static void MakeFolder(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory);
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            string reason = File.Exists(directory) ? "it is a file; expected a folder" : FileFault.Reason(directory, failure);
            throw new FailedException($"--out {directory}: the folder cannot be made: {reason}");
        }
    }

    private FileStream OpenInput(string file)
    {
        FileStream stream = OpenCapture(file);
        _open.Add(stream);
        return stream;
    }

    private FileStream CreateOutput(string directory, PortModel port)
    {
        string file = Path.Combine(directory, $"{port.Name}.pcap");
        try
        {
            FileStream stream = OutputFile.Create(file, BufferBytes);
            _open.Add(stream);
            return stream;
        }
        catch (Exception failure) when (FileFault.IsOne(failure))
        {
            throw new FailedException($"{file}: cannot be written: {FileFault.Reason(file, failure)}");
        }
    }
}
