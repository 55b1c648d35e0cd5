using System.Collections.Immutable;
using Appliance.Configuration;
using Appliance.Verbs;

namespace Appliance.Scenarios;

/// <summary>The captures of what is to leave, read before the replay, and what leaves in it by these ports, kept in memory.</summary>
internal sealed class ScenarioOutputs : IDisposable
{
    private sealed record Output(Placed Port, string File, int Index, List<byte[]> Expected, MemoryStream Left);

    private readonly List<Output> _outputs = [];

    /// <summary>By port index; null where nothing is kept.</summary>
    public ImmutableArray<Stream?> Streams { get; private init; }

    /// <exception cref="RefusedException">A port is named that is none, or two.</exception>
    /// <exception cref="FailedException">A capture cannot be read, or is damaged.</exception>
    public static ScenarioOutputs Open(ScenarioFile file, string folder, RuntimeModel model)
    {
        var named = file.Outputs.Select(output => (output.Port, output.File, Index: IndexOf(output.Port, model))).ToList();
        var streams = new Stream?[model.Ports.Length];
        var outputs = new List<Output>();
        foreach ((Placed port, Placed capture, int index) in named)
        {
            string path = Path.Combine(folder, capture.Text);
            var left = new MemoryStream();
            outputs.Add(new Output(port, path, index, ReadExpected(path, capture.Position), left));
            streams[index] = left;
        }

        var opened = new ScenarioOutputs { Streams = [.. streams] };
        opened._outputs.AddRange(outputs);
        return opened;
    }

    /// <summary>A line for each frame that left otherwise than expected; once, behind the replay.</summary>
    public IEnumerable<string> Check() => _outputs.SelectMany(output =>
    {
        output.Left.Position = 0;
        List<byte[]> left = CaptureFrames.ReadAll(output.Left, output.File);
        return OutputCheck.Run($"{output.Port.Position}: output {output.Port.Text}: ", output.File, output.Expected, left);
    });

    public void Dispose()
    {
        foreach (Output output in _outputs)
            output.Left.Dispose();
    }

    private static int IndexOf(Placed port, RuntimeModel model)
    {
        ImmutableArray<int> ports = CommonOptions.PhysicalPorts(model, port.Text, $"{port.Position}:");
        if (ports.Length == 1) return ports[0];
        throw new RefusedException($"{port.Position}: {port.Text}: frames leave by one port; name one");
    }

    private static List<byte[]> ReadExpected(string path, string position)
    {
        try
        {
            return CaptureFrames.ReadAll(path);
        }
        catch (FailedException failed)
        {
            throw new FailedException($"{position}: {failed.Message}");
        }
    }
}
