using Appliance.Configuration;
using Xunit;

namespace Appliance.Management.Tests.Generations;

/// <summary>diff, apply, confirm, rollback and history over the socket, also across restarts.</summary>
public sealed class ConfigurationChangeTests
{
    private const string OpenRules = LiveBox.Rules + "pass in on wan\n", ShutRules = "block all\n";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_applied_ruleset_is_in_force_and_established_states_stay()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await box.Send("lan", BoxFrames.Syn(40_000));
        ChangeDocument change = await ApplyAsync(box, ShutRules);
        Assert.Equal(2, change.Generation);
        Assert.Equal(["change firewall"], change.Changes);
        Assert.Single(await box.Send("lan", BoxFrames.Syn(40_000)));    // again: its state is there
        Assert.Empty(await box.Send("lan", BoxFrames.Syn(40_001)));
    }

    [Fact]
    public async Task Refused_by_its_text_a_configuration_changes_nothing_and_says_where()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        ConfigurationBundle wrong = BundleOf(box, LiveBox.Rules + "pass out on nowhere\n");
        ControlRefusedException refusal = await Assert.ThrowsAsync<ControlRefusedException>(
            () => box.Client.SendAsync("config/apply", wrong, ManagementJson.Indented.ChangeDocument, Cancellation));
        Assert.True(refusal.IsMistake);
        Assert.StartsWith($"{box.Folder["edge.pf.conf"]}:8:13: ", Assert.Single(refusal.Lines), StringComparison.Ordinal);
        Assert.Equal([1], box.Store!.Numbers);
    }

    [Fact]
    public async Task Refused_by_the_appliance_a_configuration_leaves_no_generation()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        box.Refusal = "port wan: device eth9 is not there";
        ControlRefusedException refusal = await Assert.ThrowsAsync<ControlRefusedException>(() => ApplyAsync(box, OpenRules));
        Assert.Equal([box.Refusal], refusal.Lines);
        Assert.Equal([1], box.Store!.Numbers);
        box.Refusal = "";
        Assert.Equal(2, (await ApplyAsync(box, OpenRules)).Generation);
    }

    [Fact]
    public async Task What_nobody_confirms_goes_and_what_was_before_returns()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        Assert.Equal(60, (await ApplyAsync(box, ShutRules, "?confirmWithin=60")).ConfirmWithinSeconds);
        await box.Wait(59);
        Assert.Empty(await box.Send("lan", BoxFrames.Syn(40_000)));
        await box.Wait(2);
        Assert.Single(await box.Send("lan", BoxFrames.Syn(40_001)));
        Assert.Equal("nobody confirmed generation 2 within 60 s; generation 1 is in force again, as 3", Assert.Single(box.Told));
        Assert.Equal([3, 2, 1], box.Store!.Numbers);
        Assert.Null(box.Store.Latest!.Pending);
    }

    [Fact]
    public async Task What_is_confirmed_stays()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await ApplyAsync(box, ShutRules, "?confirmWithin=60");
        Assert.Equal(2, (await PostAsync(box, "config/confirm")).Generation);
        await box.Wait(100);
        Assert.Empty(await box.Send("lan", BoxFrames.Syn(40_000)));
        Assert.Null(box.Store!.Latest!.Pending);
        ControlRefusedException refusal = await Assert.ThrowsAsync<ControlRefusedException>(() => PostAsync(box, "config/confirm"));
        Assert.False(refusal.IsMistake);
    }

    [Fact]
    public async Task A_second_change_that_waits_falls_back_to_what_was_confirmed_last()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await ApplyAsync(box, ShutRules, "?confirmWithin=60");
        await ApplyAsync(box, ShutRules + "# again\n", "?confirmWithin=60");
        await box.Wait(61);
        Assert.Single(await box.Send("lan", BoxFrames.Syn(40_000)));
        Assert.Equal("return to 1: nobody confirmed 3", box.Store!.Latest!.Origin);
    }

    [Fact]
    public async Task What_cannot_return_is_tried_again_until_it_can_and_leaves_no_generation_meanwhile()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await ApplyAsync(box, ShutRules, "?confirmWithin=60");
        box.Refusal = "port wan: device eth9 is not there";
        await box.Wait(61);
        await box.Wait(5);
        Assert.Equal(
            $"nobody confirmed generation 2 within 60 s; generation 1 cannot return: {box.Refusal}; it is tried again every 5 s",
            Assert.Single(box.Told));
        Assert.Equal([2, 1], box.Store!.Numbers);
        box.Refusal = "";
        await box.Wait(5);
        Assert.Equal("nobody confirmed generation 2 within 60 s; generation 1 is in force again, as 3", box.Told.Last());
        Assert.Single(await box.Send("lan", BoxFrames.Syn(40_000)));
        Assert.Equal([3, 2, 1], box.Store.Numbers);
    }

    [Fact]
    public async Task What_cannot_return_is_tried_no_more_when_somebody_confirms_what_is_in_force()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await ApplyAsync(box, ShutRules, "?confirmWithin=60");
        box.Refusal = "port wan: device eth9 is not there";
        await box.Wait(61);
        Assert.Equal(2, (await PostAsync(box, "config/confirm")).Generation);
        box.Refusal = "";
        await box.Wait(100);
        Assert.Empty(await box.Send("lan", BoxFrames.Syn(40_000)));
        Assert.Equal([2, 1], box.Store!.Numbers);
    }

    /// <summary>What is asked meanwhile is answered, and who changes something has its turn behind it.</summary>
    [Fact]
    public async Task While_what_returns_is_read_the_control_thread_does_all_else()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        using var reading = new HeldReading();
        ConfigurationBundle open = BundleOf(box, OpenRules) with { Path = box.Folder["other.yaml"] };
        await box.Changes.ApplyAsync(open with { Files = open.Files.WithComparers(reading) }, "apply", confirmWithinSeconds: null);
        await ApplyAsync(box, ShutRules, "?confirmWithin=60");
        reading.IsHeld = true;
        box.Pass(61);
        Assert.True(await reading.Begun.WaitAsync(s_patience, Cancellation));
        Assert.Empty(await box.Send("lan", BoxFrames.Syn(40_000)).WaitAsync(s_patience, Cancellation));
        Task<ChangeDocument> confirmation = PostAsync(box, "config/confirm");
        reading.IsHeld = false;
        await box.Wait(0);
        Assert.Single(await box.Send("lan", BoxFrames.Syn(40_001)));
        Assert.Equal("nobody confirmed generation 3 within 60 s; generation 2 is in force again, as 4", Assert.Single(box.Told));
        Assert.Equal(4, box.Store!.Latest!.Number);
        Assert.Equal(
            "nothing waits to be confirmed",
            Assert.Single((await Assert.ThrowsAsync<ControlRefusedException>(() => confirmation)).Lines));
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(90, true)]
    public async Task A_change_that_waits_outlives_the_process_and_goes_in_its_time(double secondsAway, bool isOver)
    {
        using var folder = new TemporaryFolder();
        LiveBox box = await LiveBox.StartAsync(folder);
        await ApplyAsync(box, ShutRules, "?confirmWithin=60");
        DateTimeOffset crash = box.TimeOfDay;
        await box.CrashAsync();
        LiveBox again = await LiveBox.StartAsync(folder, at: crash.AddSeconds(secondsAway));
        Assert.Equal(isOver ? 1 : 0, (await again.Send("lan", BoxFrames.Syn(40_000))).Length);
        await again.Wait(60 - Math.Min(60, secondsAway) + 1);
        Assert.Single(await again.Send("lan", BoxFrames.Syn(40_001)));
        await again.CrashAsync();
    }

    [Fact]
    public async Task The_same_file_edited_and_applied_still_goes_when_nobody_confirms_across_a_restart()
    {
        using var folder = new TemporaryFolder();
        LiveBox box = await LiveBox.StartAsync(folder);
        folder.Write("edge.pf.conf", ShutRules);
        ConfigurationBundle edited = ConfigurationBundle.Read(folder["edge.yaml"], out ConfigurationResult read);
        Assert.Empty(read.Errors);
        await box.Client.SendAsync("config/apply?confirmWithin=60", edited, ManagementJson.Indented.ChangeDocument, Cancellation);
        DateTimeOffset crash = box.TimeOfDay;
        await box.CrashAsync();
        LiveBox again = await LiveBox.StartAsync(folder, at: crash.AddSeconds(10));
        Assert.Empty(await again.Send("lan", BoxFrames.Syn(40_000)));
        await again.Wait(51);
        Assert.Single(await again.Send("lan", BoxFrames.Syn(40_001)));
        await again.CrashAsync();
        LiveBox third = await LiveBox.StartAsync(folder, at: crash.AddSeconds(100));
        Assert.Single(await third.Send("lan", BoxFrames.Syn(40_002)));
        await third.CrashAsync();
    }

    [Fact]
    public async Task What_was_applied_is_in_force_after_a_restart_until_somebody_edits_the_file()
    {
        using var folder = new TemporaryFolder();
        LiveBox box = await LiveBox.StartAsync(folder);
        await ApplyAsync(box, ShutRules);
        await box.CrashAsync();
        LiveBox again = await LiveBox.StartAsync(folder);
        Assert.Empty(await again.Send("lan", BoxFrames.Syn(40_000)));
        await again.CrashAsync();
        folder.Write("edge.pf.conf", LiveBox.Rules + "# edited\n");
        LiveBox third = await LiveBox.StartAsync(folder);
        Assert.Single(await third.Send("lan", BoxFrames.Syn(40_001)));
        Assert.EndsWith("had changed", third.Store!.Latest!.Origin, StringComparison.Ordinal);
        await third.CrashAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rollback_outlives_a_restart_though_the_file_holds_what_was_left(bool isReload)
    {
        using var folder = new TemporaryFolder();
        LiveBox box = await LiveBox.StartAsync(folder);
        folder.Write("edge.pf.conf", ShutRules);
        if (isReload) Assert.Equal(2, (await box.Changes.ReloadAsync()).Generation);
        else await SendAsync(box, ConfigurationBundle.Read(folder["edge.yaml"], out _));
        await PostAsync(box, "config/rollback");
        await box.CrashAsync();
        LiveBox again = await LiveBox.StartAsync(folder);
        Assert.Equal("rollback to 1", again.Store!.Latest!.Origin);
        Assert.Single(await again.Send("lan", BoxFrames.Syn(40_000)));
        await again.CrashAsync();
    }

    [Fact]
    public async Task What_came_from_another_machine_under_the_same_path_outlives_a_restart()
    {
        using var folder = new TemporaryFolder();
        LiveBox box = await LiveBox.StartAsync(folder);
        await SendAsync(box, BundleOf(box, ShutRules));
        await box.CrashAsync();
        LiveBox again = await LiveBox.StartAsync(folder);
        Assert.Equal(2, again.Store!.Latest!.Number);
        Assert.Empty(await again.Send("lan", BoxFrames.Syn(40_000)));
        await again.CrashAsync();
    }

    [Fact]
    public async Task A_rollback_is_a_generation_of_its_own_whatever_became_of_the_files()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await ApplyAsync(box, ShutRules);
        await ApplyAsync(box, OpenRules);
        File.Delete(box.Folder["edge.pf.conf"]);
        Assert.Equal(4, (await PostAsync(box, "config/rollback?steps=2")).Generation);
        Assert.Single(await box.Send("lan", BoxFrames.Syn(40_000)));
        HistoryDocument[] history = await box.Client.GetAsync("config/history", ManagementJson.Indented.HistoryDocumentArray, Cancellation);
        Assert.Equal(["rollback to 1", "apply", "apply", "start"], history.Select(row => string.Join(' ', row.Origin.Split(" with ")[0]
            .Split(" of ")[0])));
        Assert.Equal([0, 1, 2, 3], history.Select(row => row.Rollback));
        Assert.Equal(history[3].Digest, history[0].Digest);
        ControlRefusedException refusal =
            await Assert.ThrowsAsync<ControlRefusedException>(() => PostAsync(box, "config/rollback?steps=4"));
        Assert.True(refusal.IsMistake);
    }

    [Fact]
    public async Task A_difference_tells_parts_and_lines()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        DifferenceDocument difference = await box.Client.SendAsync(
            "config/diff", BundleOf(box, OpenRules), ManagementJson.Indented.DifferenceDocument, Cancellation);
        Assert.Equal(["change firewall"], difference.Actions);
        Assert.Equal("""
            --- running/edge.pf.conf
            +++ next/edge.pf.conf
            @@ -5,3 +5,4 @@
             block in quick from <bad>
             pass in on lan from 192.168.1.0/24 label "inside"
             pass out on wan
            +pass in on wan

            """, difference.Text);
        Assert.Equal([1], box.Store!.Numbers);
        DifferenceDocument none = await box.Client.SendAsync(
            "config/diff", BundleOf(box, LiveBox.Rules), ManagementJson.Indented.DifferenceDocument, Cancellation);
        Assert.Equal((0, ""), (none.Actions.Length, none.Text));
    }

    [Fact]
    public async Task A_reload_reads_the_file_and_writes_a_generation()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        box.Folder.Write("edge.pf.conf", ShutRules);
        Assert.Equal(2, (await box.Changes.ReloadAsync()).Generation);
        Assert.Empty(await box.Send("lan", BoxFrames.Syn(40_000)));
        box.Folder.Write("edge.pf.conf", "pass what\n");
        ChangeOutcome refused = await box.Changes.ReloadAsync();
        Assert.Equal(ChangeResult.Refused, refused.Result);
        Assert.Equal([2, 1], box.Store!.Numbers);
    }

    [Fact]
    public async Task Reloads_that_change_nothing_push_no_generation_out()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await SendAsync(box, BundleOf(box, ShutRules));
        box.Folder.Write("edge.pf.conf", ShutRules);
        for (int i = 0; i < GenerationStore.Kept; i++) Assert.Equal(2, (await box.Changes.ReloadAsync()).Generation);
        Assert.Equal([2, 1], box.Store!.Numbers);
        Assert.Equal(box.Store.Latest!.Bundle.Digest, box.Store.Latest.SeenDigest);
    }

    [Theory]
    [InlineData(ShutRules)]                                             // what waits itself
    [InlineData(OpenRules)]
    public async Task While_a_change_waits_to_be_confirmed_a_reload_is_refused_and_it_goes_in_its_time(string rules)
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await ApplyAsync(box, ShutRules, "?confirmWithin=60");
        await box.Wait(20);
        box.Folder.Write("edge.pf.conf", rules);
        ChangeOutcome refused = await box.Changes.ReloadAsync();
        Assert.Equal(ChangeResult.Refused, refused.Result);
        Assert.Equal(
            "generation 2 waits to be confirmed for another 40 s: reload when it is ('config confirm'), or is gone ('config rollback')",
            Assert.Single(refused.Lines));
        await box.Wait(41);
        Assert.Single(await box.Send("lan", BoxFrames.Syn(40_000)));
        Assert.Equal("return to 1: nobody confirmed 2", box.Store!.Latest!.Origin);
        Assert.Equal(4, (await box.Changes.ReloadAsync()).Generation);
    }

    [Fact]
    public async Task What_is_kept_nowhere_is_told_as_no_generation()
    {
        using var folder = new TemporaryFolder();
        LiveBox box = await LiveBox.StartAsync(folder, isKept: false);
        folder.Write("edge.pf.conf", ShutRules);
        Assert.Equal("reloaded, and kept nowhere: change firewall", (await box.Changes.ReloadAsync()).AsReload);
        await ApplyAsync(box, OpenRules, "?confirmWithin=60");
        Assert.Equal(0, (await PostAsync(box, "config/confirm")).Generation);
        await box.CrashAsync();
    }

    [Fact]
    public async Task A_refused_change_pushes_no_generation_out()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        for (int i = 1; i < GenerationStore.Kept; i++) await ApplyAsync(box, $"{ShutRules}# {i}\n");
        box.Refusal = "port wan: device eth9 is not there";
        await Assert.ThrowsAsync<ControlRefusedException>(() => ApplyAsync(box, OpenRules));
        box.Folder.Write("edge.pf.conf", OpenRules);
        Assert.Equal(ChangeResult.Refused, (await box.Changes.ReloadAsync()).Result);
        Assert.Equal(Enumerable.Range(1, GenerationStore.Kept).Reverse(), box.Store!.Numbers);
        box.Refusal = "";
        await ApplyAsync(box, OpenRules);
        Assert.Equal(Enumerable.Range(2, GenerationStore.Kept).Reverse(), box.Store.Numbers);
    }

    [Theory]
    [InlineData(30, 2)]
    [InlineData(90, 3)]
    public async Task A_store_that_cannot_be_written_is_read_nevertheless_and_keeps_nobody_from_starting(double secondsAway, int number)
    {
        using var folder = new TemporaryFolder();
        LiveBox box = await LiveBox.StartAsync(folder);
        folder.Write("edge.pf.conf", ShutRules);
        await SendAsync(box, ConfigurationBundle.Read(folder["edge.yaml"], out _), "?confirmWithin=60");
        await box.CrashAsync();
        using GenerationStore store = GenerationStore.Open(folder["generations"]);
        Directory.CreateDirectory(Path.Combine(store.Folder, "half-written"));      // where the next would be written
        var start = ConfigurationStart.Choose(folder["edge.yaml"], store, box.TimeOfDay.AddSeconds(secondsAway));
        Assert.NotNull(start.Model);
        Assert.Equal(number, start.Generation!.Number);
        Assert.Equal(number == 3, start.StoreFault.StartsWith($"{store.Folder}: cannot be written: ", StringComparison.Ordinal));
        Assert.Equal(number == 3, start.Generation.Bundle.Digest == store.Find(1)!.Bundle.Digest);
    }

    [Fact]
    public void The_first_start_needs_no_store_that_can_be_written()
    {
        using var folder = new TemporaryFolder();
        folder.Write("edge.pf.conf", LiveBox.Rules);
        using GenerationStore store = GenerationStore.Open(folder["generations"]);
        Directory.CreateDirectory(Path.Combine(store.Folder, "half-written"));
        var start = ConfigurationStart.Choose(folder.Write("edge.yaml", LiveBox.Yaml), store, LiveBox.Beginning);
        Assert.NotNull(start.Model);
        Assert.StartsWith($"{store.Folder}: cannot be written: ", start.StoreFault, StringComparison.Ordinal);
    }

    private static ConfigurationBundle BundleOf(LiveBox box, string rules)
    {
        ConfigurationBundle file = ConfigurationBundle.Read(box.Folder["edge.yaml"], out _);
        return file with { Files = file.Files.SetItem("edge.pf.conf", System.Text.Encoding.UTF8.GetBytes(rules)) };
    }

    private static Task<ChangeDocument> ApplyAsync(LiveBox box, string rules, string query = "")
    {
        ConfigurationBundle bundle = BundleOf(box, rules) with { Path = box.Folder["other.yaml"] };
        return SendAsync(box, bundle, query);
    }

    private static Task<ChangeDocument> SendAsync(LiveBox box, ConfigurationBundle bundle, string query = "") =>
        box.Client.SendAsync($"config/apply{query}", bundle, ManagementJson.Indented.ChangeDocument, Cancellation);

    private static Task<ChangeDocument> PostAsync(LiveBox box, string path) =>
        box.Client.PostAsync(path, [], ManagementJson.Indented.ChangeDocument, Cancellation);
}
