using System.Collections.Immutable;
using Appliance.Node;
using Appliance.Verbs;

namespace Appliance.Scenarios;

/// <summary>The captures of a scenario, open for its replay.</summary>
internal sealed class ScenarioCaptures : IDisposable
{
    private readonly List<FileStream> _open = [];

    public ImmutableArray<ReplayInput> Inputs { get; private set; }

    /// <exception cref="FailedException">One cannot be opened.</exception>
    public static ScenarioCaptures Open(ImmutableArray<ScenarioInput> inputs)
    {
        var captures = new ScenarioCaptures();
        try
        {
            captures.Inputs =
                [.. inputs.Select(input => new ReplayInput(input.Label, input.File, input.Ports, captures.OpenOne(input)))];
            return captures;
        }
        catch
        {
            captures.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (FileStream stream in _open)
            stream.Dispose();
    }

    private FileStream OpenOne(ScenarioInput input)
    {
        try
        {
            FileStream stream = ReplayFiles.OpenCapture(input.File);
            _open.Add(stream);
            return stream;
        }
        catch (FailedException failed)
        {
            throw new FailedException($"{input.Position}: {failed.Message}");
        }
    }
}
