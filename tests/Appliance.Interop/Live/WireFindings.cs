using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>What tshark says of a conversation that a host saw.</summary>
internal static class WireFindings
{
    private const string BadChecksum = "ip.checksum.status == \"Bad\" || tcp.checksum.status == \"Bad\"";

    /// <param name="capture">Taken at a host's device.</param>
    /// <param name="mayLackChecksums">
    /// The devices leave sums to one another, so that what the host sends and is sent is not summed yet: only the IP header's are judged.
    /// </param>
    public static void MustBeClean(string capture, bool mayLackChecksums)
    {
        Assert.True(Count(capture, "tcp") > 100, "The capture has no conversation.");
        Assert.Equal(0, Count(capture, mayLackChecksums ? "ip.checksum.status == \"Bad\"" : BadChecksum));
    }

    private static int Count(string capture, string filter)
    {
        ProcessRun run = ProcessRunner.Run(Peer.Require("tshark"),
        [
            "-n", "-r", capture, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-Y", filter, "-T", "fields",
            "-e", "frame.number",
        ]);
        Assert.True(run.ExitCode == 0, run.ToString());
        return run.OutputLines.Length;
    }
}
