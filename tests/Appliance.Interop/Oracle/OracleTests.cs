using Appliance.Testing;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop;

/// <summary>
/// What the program did with every frame, against what the oracle of tests/oracle foretold from the rules alone: bytes, ports, order
/// within flows, timestamps, replies and accounts.
/// </summary>
public sealed class OracleTests : IDisposable
{
    private static readonly string[] DemoInputs = ["--in", $"lan={RepositoryFiles.DemoLan}", "--in", $"wan={RepositoryFiles.DemoWan}"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [Variation("one-way.yaml")]
    [Variation("vlans.yaml")]
    [Variation("ecmp.yaml")]
    [InlineData("small-mtu.yaml")]
    public void It_agrees_on_every_shared_capture(string configuration) =>
        Agree(
            RepositoryFiles.PathTo("tests", "Appliance.Interop", "Configurations", configuration),
            CaptureInputs.Of("lan", SharedCaptures.Files()));

    [Theory]
    [InlineData("configs/demo/router/router.yaml")]
    [Variation("configs/demo/router/router.yaml", "--vcpus", "1")]
    [InlineData("configs/demo/router/router.yaml", "--vcpus", "64", "--seed", "7")]
    [InlineData("tests/Appliance.Interop/Configurations/vlans.yaml")]
    [InlineData("tests/Appliance.Interop/Configurations/ecmp.yaml")]
    [InlineData("tests/Appliance.Interop/Configurations/small-mtu.yaml")]
    public void It_agrees_on_the_demo(string configuration, params string[] more) =>
        Agree(RepositoryFiles.PathTo(configuration), DemoInputs, more);

    [Theory]
    [InlineData("1")]
    [InlineData("7,1000")]
    public void It_agrees_on_the_demo_in_other_bursts(string burst)
    {
        Predict(RepositoryFiles.DemoConfiguration, [.. DemoInputs, "--burst", burst]);
        Compare(Replay(RepositoryFiles.DemoConfiguration, [.. DemoInputs, "--burst", burst]));
    }

    [Fact]
    public void The_linux_kernel_forwarded_the_demo_the_same_way()
    {
        Predict(RepositoryFiles.DemoConfiguration, DemoInputs);
        Replay(RepositoryFiles.DemoConfiguration, DemoInputs);
        ProcessRun run = Peer.RunOracle("compare_linux.py",
            "--prediction", _folder["prediction.json"], "--linux", RepositoryFiles.PathTo("configs", "demo", "linux"), "--out",
                _folder["out"]);
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Matches("^[1-9][0-9]{3} forwarded frames are the same as Linux's.* 0 mismatches$", run.OutputLines[^1]);
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
    }

    private void Agree(string configuration, IEnumerable<string> inputs, params string[] more)
    {
        Predict(configuration, inputs);
        Compare(Replay(configuration, [.. inputs, .. more]));
    }

    private void Predict(string configuration, IEnumerable<string> inputs)
    {
        ProcessRun run = Peer.RunOracle("oracle.py", ["--config", configuration, .. inputs, "--predict", _folder["prediction.json"]]);
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    private string Replay(string configuration, IEnumerable<string> arguments) =>
        _folder.Write("replay.json", ApplianceProgram.Succeed(
            ["replay", "--config", configuration, .. arguments, "--out", _folder["out"], "--json"]).Output);

    private void Compare(string json)
    {
        ProcessRun run = Peer.RunOracle("compare.py", "--prediction", _folder["prediction.json"], "--out", _folder["out"], "--json", json);
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.EndsWith(" 0 mismatches", run.OutputLines[^1], StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine(run.OutputLines[^1]);
    }
}
