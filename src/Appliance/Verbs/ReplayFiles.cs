using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Node;

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

        Directory.CreateDirectory(directory);
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

    private static (string Label, string File, ImmutableArray<int> Ports) Split(string argument, RuntimeModel model)
    {
        int equals = argument.IndexOf('=');
        if (equals < 1 || equals == argument.Length - 1) throw new RefusedException($"--in {argument}: expected PORT=FILE");
        string label = argument[..equals];
        ImmutableArray<int> ports = [.. label.Split(',').Select(name => CommonOptions.PhysicalPort(model, name, "--in"))];
        return (label, argument[(equals + 1)..], ports);
    }

    private FileStream OpenInput(string file)
    {
        var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, BufferBytes, FileOptions.SequentialScan);
        _open.Add(stream);
        return stream;
    }

    private FileStream CreateOutput(string directory, PortModel port)
    {
        string file = Path.Combine(directory, $"{port.Name}.pcap");
        var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, BufferBytes);
        _open.Add(stream);
        return stream;
    }
}
