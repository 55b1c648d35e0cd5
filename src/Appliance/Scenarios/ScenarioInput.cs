using System.Collections.Immutable;
using System.Globalization;
using Appliance.Configuration;
using Appliance.Verbs;

namespace Appliance.Scenarios;

/// <summary>One capture of a scenario and where it arrives.</summary>
/// <param name="Label">The ports as the test.yaml has them.</param>
/// <param name="File">As it is opened.</param>
/// <param name="Ports">Indices of physical ports; of several, each frame enters at the one its source is routed to.</param>
/// <param name="Position">Where the test.yaml speaks of it.</param>
internal sealed record ScenarioInput(string Label, string File, ImmutableArray<int> Ports, string Position)
{
    private const string Single = "input.pcap";

    /// <summary>All captures of a scenario: those under <c>inputs</c>, input.pcap at <c>port</c>, or each port's own.</summary>
    /// <exception cref="RefusedException">There is none, or one for a port that is none.</exception>
    public static ImmutableArray<ScenarioInput> FindAll(ScenarioFile file, string folder, RuntimeModel model)
    {
        if (file is { Inputs: not null, Port: { } both })
            throw new RefusedException($"{both.Position}: 'port' says where {Single} arrives; with 'inputs' it has no meaning");
        if (file.Inputs is { IsEmpty: true }) throw new RefusedException($"{file.Position}: expected a capture under 'inputs'");
        if (file.Inputs is { } named) return FindNamed(named, folder, model);
        if (file.Port is { } port)
            return [new ScenarioInput(port.Text, Path.Combine(folder, Single), PortsOf(port, model), port.Position)];
        return FindByPort(file, folder, model);
    }

    /// <summary>A packet of this capture, as the scenario's lines call it.</summary>
    /// <param name="isOnly">Whether the scenario has no other capture.</param>
    public string NameOf(long number, bool isOnly) => string.Create(
        CultureInfo.InvariantCulture, $"packet {(isOnly ? "" : Label + ":")}{number}");

    private static ImmutableArray<ScenarioInput> FindNamed(
        ImmutableArray<(Placed Label, Placed File)> named, string folder, RuntimeModel model)
    {
        var faults = new List<string>();
        var inputs = ImmutableArray.CreateBuilder<ScenarioInput>();
        foreach ((Placed label, Placed capture) in named)
        {
            try
            {
                inputs.Add(new ScenarioInput(label.Text, Path.Combine(folder, capture.Text), PortsOf(label, model), capture.Position));
            }
            catch (RefusedException refused)
            {
                faults.AddRange(refused.Lines);
            }
        }

        return faults.Count == 0 ? inputs.ToImmutable() : throw new RefusedException(faults);
    }

    private static ImmutableArray<int> PortsOf(Placed label, RuntimeModel model) =>
        CommonOptions.PhysicalPorts(model, label.Text, $"{label.Position}:");

    private static ImmutableArray<ScenarioInput> FindByPort(ScenarioFile file, string folder, RuntimeModel model)
    {
        PortModel[] ports = [.. model.Ports.Where(port => port.IsPhysical)];
        ImmutableArray<ScenarioInput> found = [.. ports
            .Select(port => new ScenarioInput(port.Name, Path.Combine(folder, $"{port.Name}.pcap"), [port.Index], file.Position))
            .Where(input => System.IO.File.Exists(input.File))];
        if (!found.IsEmpty) return found;
        if (System.IO.File.Exists(Path.Combine(folder, Single)))
            throw new RefusedException($"{file.Position}: expected 'port', the port where {Single} arrives");
        string files = string.Join(", ", ports.Select(port => $"{port.Name}.pcap"));
        throw new RefusedException(
            $"{file.Position}: expected captures: 'inputs', or one of {files} in the folder, or {Single} and its 'port'");
    }
}
