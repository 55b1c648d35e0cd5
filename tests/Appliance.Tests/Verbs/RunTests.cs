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
}
