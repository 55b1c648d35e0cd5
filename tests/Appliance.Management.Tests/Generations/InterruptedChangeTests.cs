using Xunit;

namespace Appliance.Management.Tests.Generations;

/// <summary>What counts at a start is what was in force, wherever a change or a start ends before.</summary>
public sealed class InterruptedChangeTests
{
    private const string ShutRules = "block all\n";

    /// <summary>It is on disk already; what is there when it is put in force is what a process leaves that is killed just then.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(60)]
    public async Task A_change_that_was_not_in_force_when_the_process_was_killed_counts_at_no_start(int? confirmWithinSeconds)
    {
        await using LiveBox box = await LiveBox.StartAsync();
        string killed = box.Folder["killed"];
        box.Applying = () =>
        {
            Directory.CreateDirectory(killed);
            foreach (string file in Directory.GetFiles(box.Store!.Folder).Where(file => Path.GetFileName(file) != "lock"))
                File.Copy(file, Path.Combine(killed, Path.GetFileName(file)));
        };
        Assert.Equal(2, (await ApplyAsync(box, confirmWithinSeconds)).Generation);
        Assert.Equal([2, 1], box.Store!.Numbers);
        bool wasOnDisk = File.Exists(Path.Combine(killed, "half-written"));
        using GenerationStore left = GenerationStore.Open(killed);
        Assert.Equal([1], left.Numbers);
        Assert.Equal(1, ConfigurationStart.Choose(box.Folder["edge.yaml"], left, box.TimeOfDay).Generation!.Number);
        Assert.True(wasOnDisk);
    }

    /// <summary>It is in force already when the name of its file turns out not to be had.</summary>
    [Fact]
    public async Task What_is_in_force_and_cannot_be_kept_is_told_so()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        Directory.CreateDirectory(Path.Combine(box.Store!.Folder, "generation-000002", "full"));
        ChangeOutcome change = await ApplyAsync(box);
        Assert.StartsWith($"warning: {box.Store.Folder}: cannot be written: ", Assert.Single(change.Lines), StringComparison.Ordinal);
        Assert.Equal(ChangeResult.Done, change.Result);
        Assert.Empty(await box.Send("lan", BoxFrames.Syn(40_000)));
        Assert.Equal(1, box.Store.Latest!.Number);
    }

    /// <summary>It is on disk already, and was never in force.</summary>
    [Fact]
    public async Task A_change_that_the_orderly_end_interrupts_counts_at_no_start()
    {
        using var folder = new TemporaryFolder();
        LiveBox box = await LiveBox.StartAsync(folder);
        box.EndsBehindNextAnswer = true;
        Task<ChangeOutcome> change = ApplyAsync(box);
        string prepared = Path.Combine(box.Store!.Folder, "half-written");
        Assert.True(SpinWait.SpinUntil(() => File.Exists(prepared) || box.Store.Numbers.Count == 2, TimeSpan.FromMinutes(1)));
        await box.EndAsync();
        bool wasInForce = change is { IsCompletedSuccessfully: true, Result.Result: ChangeResult.Done };    // between two breaths
        using GenerationStore store = GenerationStore.Open(folder["generations"]);
        Assert.Equal(wasInForce ? 2 : 1, ConfigurationStart.Choose(folder["edge.yaml"], store, box.TimeOfDay).Generation!.Number);
        if (!wasInForce) Assert.Equal("the appliance ends", (await Assert.ThrowsAsync<ControlEndedException>(() => change)).Message);
    }

    /// <summary>As without a device that the former configuration names: when there is one again, it returns.</summary>
    [Fact]
    public async Task A_start_that_is_refused_keeps_what_waited_to_be_confirmed_waiting()
    {
        using var folder = new TemporaryFolder();
        LiveBox box = await LiveBox.StartAsync(folder);
        await ApplyAsync(box, confirmWithinSeconds: 60);
        DateTimeOffset late = box.TimeOfDay.AddSeconds(90);
        await box.CrashAsync();
        for (int start = 0; start < 2; start++)
        {
            using GenerationStore refused = GenerationStore.Open(folder["generations"]);
            Generation? returns = ConfigurationStart.Choose(folder["edge.yaml"], refused, late).Generation;
            Assert.Equal((3, "return to 1: nobody confirmed 2"), (returns!.Number, returns.Origin));
            Assert.Equal([2, 1], refused.Numbers);
            Assert.NotNull(refused.Latest!.Pending);
        }

        LiveBox again = await LiveBox.StartAsync(folder, at: late);
        Assert.Equal([3, 2, 1], again.Store!.Numbers);
        Assert.Single(await again.Send("lan", BoxFrames.Syn(40_000)));
        await again.CrashAsync();
    }

    [Fact]
    public async Task A_start_that_is_refused_by_an_edited_file_leaves_what_was_applied_in_force_when_the_edit_is_undone()
    {
        using var folder = new TemporaryFolder();
        LiveBox box = await LiveBox.StartAsync(folder);
        await ApplyAsync(box);
        await box.CrashAsync();
        folder.Write("edge.pf.conf", LiveBox.Rules + "# edited\n");
        using (GenerationStore refused = GenerationStore.Open(folder["generations"]))
        {
            var start = ConfigurationStart.Choose(folder["edge.yaml"], refused, box.TimeOfDay);
            Assert.EndsWith("had changed", start.Generation!.Origin, StringComparison.Ordinal);
        }

        folder.Write("edge.pf.conf", LiveBox.Rules);
        LiveBox again = await LiveBox.StartAsync(folder);
        Assert.Equal([2, 1], again.Store!.Numbers);
        Assert.Empty(await again.Send("lan", BoxFrames.Syn(40_000)));
        await again.CrashAsync();
    }

    private static Task<ChangeOutcome> ApplyAsync(LiveBox box, int? confirmWithinSeconds = null)
    {
        ConfigurationBundle file = ConfigurationBundle.Read(box.Folder["edge.yaml"], out _);
        var next = new ConfigurationBundle(
            box.Folder["other.yaml"], file.Main, file.Files.SetItem("edge.pf.conf", System.Text.Encoding.UTF8.GetBytes(ShutRules)));
        return box.Changes.ApplyAsync(next, "apply", confirmWithinSeconds);
    }
}
