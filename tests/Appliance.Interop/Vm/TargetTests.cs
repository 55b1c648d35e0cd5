using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Vm;

/// <summary>What is asked of an image that is not there fails, and says so, before anything is built.</summary>
public sealed class TargetTests
{
    [Theory]
    [InlineData("vm-test")]
    [InlineData("vm-drill")]
    public void Without_an_image_it_says_so_and_fails(string target)
    {
        ProcessRun run = ProcessRunner.Run(
            Peer.Require("make"), ["--no-print-directory", target, "IMAGE=out/no-such-image"], RepositoryFiles.Root);
        Assert.NotEqual(0, run.ExitCode);
        string said = $"make {target}: there is no out/no-such-image/appliance.qcow2; make image makes it, as root";
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
    }
}
