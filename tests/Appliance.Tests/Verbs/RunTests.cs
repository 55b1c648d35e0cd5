using Appliance.Management;
using Appliance.Verbs;
using Xunit;

namespace Appliance.Tests;

public sealed class RunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>As root it is started without them.</summary>
    [Fact]
    public void Without_the_rights_that_it_takes_they_are_named()
    {
        string config = _folder.Write("one.yaml", "ports:\n  lan: {backend: tap, device: norights0, addresses: [10.1.0.1/24]}\n");
        string[] run = [ApplianceProgram.File, "run", "--config", config, "--state", _folder["state"], "--socket", _folder["socket"]];
        string[] without = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-net_admin,-net_raw", "--inh-caps=-all"] : [];
        string[] all = [.. without, .. run];
        ProcessRun refused = ProcessRunner.Run(all[0], all[1..]);
        Assert.SkipWhen(refused.Errors.Contains("setpriv: ", StringComparison.Ordinal), "may not give up rights here");
        Assert.Equal(1, refused.ExitCode);
        Assert.EndsWith(
            "Operation not permitted (errno 1); it takes root, or the capabilities CAP_NET_ADMIN and CAP_NET_RAW",
            refused.ErrorLines[^1],
            StringComparison.Ordinal);
    }

    /// <summary>One that was killed just now is gone a moment later.</summary>
    [Fact]
    public void Who_is_on_its_way_out_is_waited_for_and_what_it_had_in_force_counts()
    {
        string config = _folder.Write("one.yaml", "ports:\n  lan: {backend: af-packet, device: eth0, addresses: [10.1.0.1/24]}\n");
        GenerationStore before = GenerationStore.Open(_folder["state"]);
        before.Write(ConfigurationStart.Choose(config, before, DateTimeOffset.UnixEpoch).Generation!);
        using var said = new ErrorQueue(_ => { });
        int waits = 0;
        using GenerationStore? store = RunVerb.OpenStore(_folder["state"], said, () =>
        {
            if (++waits == 3) before.Dispose();
        });
        Assert.Equal(3, waits);
        Assert.Equal(
            $"generation 1 (start with {config}) is in force", ConfigurationStart.Choose(config, store, DateTimeOffset.UnixEpoch).Note);
    }

    /// <summary>The file alone would be an older policy than what was applied.</summary>
    [Fact]
    public void While_another_process_has_its_generations_it_does_not_start()
    {
        using GenerationStore held = GenerationStore.Open(_folder["state"]);
        string config = _folder.Write("one.yaml", "ports:\n  lan: {backend: tap, device: norights1, addresses: [10.1.0.1/24]}\n");
        string line = ApplianceProgram.Fail(
            1, "run", "--config", config, "--state", _folder["state"], "--socket", _folder["socket"]);
        const string Why = "another process has the generations of this configuration already; expected one appliance for each";
        Assert.Equal($"{_folder["state"]}: {Why}", line);
    }
}
