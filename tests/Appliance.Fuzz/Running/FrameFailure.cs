using Appliance.Engine;
using Appliance.Fuzz.Oracle;
using Appliance.Fuzz.Seeds;
using Appliance.Fuzz.Worlds;
using Appliance.Wire.Pcap;
using static System.FormattableString;

namespace Appliance.Fuzz.Running;

/// <summary>
/// Says what went wrong so that it can be seen again: command, configuration, the frame in hex, and the burst as a capture.
/// </summary>
internal sealed class FrameFailure(FuzzOptions options, TextWriter text, SeedCorpus seeds)
{
    public void Write(WorldRecipe recipe, Burst burst, long round, MonotonicTime now, Exception failure)
    {
        int frame = (failure as FuzzFailureException)?.Frame ?? -1;
        if (frame < 0) frame = FindCulprit(recipe, burst, now);
        text.WriteLine();
        text.WriteLine($"FAILED in burst {burst.Number} of seed {options.Seed}, world '{recipe.Name}'");
        text.WriteLine(failure is FuzzFailureException ? failure.Message : failure.ToString());
        if (frame >= 0) WriteFrame(burst, frame);
        text.WriteLine($"again: {Command(round)}");
        text.WriteLine($"seeds: {seeds}");
        text.WriteLine($"burst: {Save(burst, now)}");
        text.WriteLine("configuration:");
        text.WriteLine(recipe.Text);
    }

    private string Command(long round)
    {
        string folders = string.Concat(options.CaptureFolders.Select(folder => $" --captures {folder}"));
        string workers = options.Workers is { } count ? Invariant($" --vcpus {count}") : "";
        return Invariant($"Appliance.Fuzz --seed {options.Seed} --round {round}{workers}{folders}");
    }

    private void WriteFrame(Burst burst, int index)
    {
        ref Input input = ref burst.Inputs[index];
        Fate fate = input.Fate;
        string expected = fate.Outcome == Outcome.Drop ? $"drop as {DropReasonNames.Of(fate.Reason)}" : $"{fate.Outcome}";
        text.WriteLine($"frame {index} of the burst, {input.Length} bytes into port {input.Port}");
        text.WriteLine($"expected: {expected}, answer: {fate.Reply}");
        text.WriteLine(Convert.ToHexStringLower(burst.FrameOf(input)));
    }

    private string Save(Burst burst, MonotonicTime now)
    {
        string file = Path.Combine(options.OutputFolder, Invariant($"fuzz-{options.Seed}-{burst.Number}.pcap"));
        Directory.CreateDirectory(options.OutputFolder);
        using var writer = new PcapWriter(File.Create(file));
        foreach (ref readonly Input input in burst.Inputs)
            writer.Write(burst.FrameOf(input), now.Nanoseconds);
        return file;
    }

    /// <summary>The first frame that fails alone on a new appliance; −1: it takes more than one.</summary>
    private int FindCulprit(WorldRecipe recipe, Burst burst, MonotonicTime now)
    {
        for (int i = 0; i < burst.Count; i++)
        {
            var alone = new Burst();
            alone.Begin(burst.Number);
            ref Input input = ref burst.Inputs[i];
            try
            {
                using var world = new World(recipe, options.Workers, alone);
                world.Output.BeginRound();
                alone.Add(burst.FrameOf(input), input.Port).Fate = input.Fate;
                world.Run(alone, now, Willingness.Unlimited, trace: null);
            }
            catch (Exception)
            {
                return i;
            }
        }

        return -1;
    }
}
