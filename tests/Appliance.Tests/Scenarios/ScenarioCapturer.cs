using Appliance.Configuration;
using Appliance.Node;
using Appliance.Scenarios;

namespace Appliance.Tests;

/// <summary>Makes the captures that a scenario expects to leave from those that do.</summary>
internal static class ScenarioCapturer
{
    public static void Write(ScenarioFolder scenario)
    {
        ScenarioFile file = ScenarioReader.Read(scenario.File);
        if (file.Outputs.IsEmpty) return;
        RuntimeModel model = ConfigurationLoader.Load(Path.Combine(scenario.Path, file.Config!.Value.Text)).Model!;
        using ScenarioCaptures captures = ScenarioCaptures.Open(ScenarioInput.FindAll(file, scenario.Path, model));
        Stream?[] streams = new Stream?[model.Ports.Length];
        foreach ((Placed port, Placed output) in file.Outputs)
            streams[model.FindPort(port.Text)!.Index] = File.Create(Path.Combine(scenario.Path, output.Text));
        var node = new NodeOptions { Workers = file.Vcpus, Seed = file.Seed ?? new NodeOptions().Seed };
        using (var session = new ReplaySession(
            model, node, new ReplayOptions(FollowsNat: file.FollowsNat), captures.Inputs, new ReplayOutput([.. streams])))
            session.Run();
        foreach (Stream? stream in streams) stream?.Dispose();
    }
}
