using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>What tshark says of a conversation that a host saw.</summary>
internal static class WireFindings
{
    private const string BadChecksum =
        "ip.checksum.status == \"Bad\" || (tcp.checksum.status == \"Bad\" && !(tcp.checksum == 0xffff && tcp.checksum_calculated == 0))";

    /// <param name="capture">Taken at a host's device.</param>
    /// <param name="mayLackChecksums">
    /// The devices leave sums to one another, so that what the host sends and is sent is not summed yet: only the IP header's are judged.
    /// </param>
    public static void MustBeClean(string capture, bool mayLackChecksums)
    {
        Assert.True(Lines(capture, "tcp").Length > 100, "The capture has no conversation.");
        string[] bad = Lines(capture, mayLackChecksums ? "ip.checksum.status == \"Bad\"" : BadChecksum);
        Assert.True(bad.Length == 0, $"Bad checksums in {bad.Length} frames: {string.Join("; ", bad.Take(5))}");
    }

    /// <summary>Of each frame what tells it from others.</summary>
    private static string[] Lines(string capture, string filter)
    {
        ProcessRun run = ProcessRunner.Run(Peer.Require("tshark"),
        [
            "-n", "-r", capture, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-Y", filter, "-T", "fields",
            "-E", "separator=/s", "-e", "frame.number", "-e", "frame.len", "-e", "ip.src", "-e", "ipv6.src", "-e", "tcp.srcport",
            "-e", "tcp.dstport", "-e", "tcp.flags.str", "-e", "tcp.seq_raw", "-e", "tcp.len", "-e", "tcp.checksum",
        ]);
        Assert.True(run.ExitCode == 0, run.ToString());
        return run.OutputLines;
    }
}
