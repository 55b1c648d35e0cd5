using Appliance.Tests;
using Xunit;

namespace Appliance.Interop;

/// <summary>
/// What leaves the demo's home gateway, read by tshark: no inner address is outside, and every checksum that can be proved is right.
/// </summary>
public sealed class HomeGatewayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Outside_all_of_IPv4_has_the_gateways_address_and_nothing_is_wrong_with_a_checksum()
    {
        Peer.Require("tshark");
        ApplianceProgram.Succeed(
            "replay", "--config", RepositoryFiles.HomeConfiguration, "--in", $"lan={RepositoryFiles.DemoLan}", "--in",
            $"wan={RepositoryFiles.DemoWan}", "--follow-nat", "--out", _folder["out"]);
        string wan = _folder["out/wan.pcap"], lan = _folder["out/lan.pcap"];
        Assert.True(Count(wan, "ip.src == 203.0.113.2 && tcp") > 200, "little has left");
        Assert.Equal(0, Count(wan, "ip && !(ip.src == 203.0.113.2)"));
        Assert.Equal(0, Count(lan, "ip.dst == 203.0.113.2"));
        foreach (string capture in (string[])[wan, lan])
        {
            // Of what an error quotes the transport checksum cannot be proved: the quotation is cut.
            Assert.Equal(0, Count(capture, "ip.checksum.status == 0 || icmp.checksum.status == 0 || icmpv6.checksum.status == 0"));
            Assert.Equal(0, Count(capture, "!icmp && !icmpv6 && (tcp.checksum.status == 0 || udp.checksum.status == 0)"));
        }
    }

    private static int Count(string capture, string filter)
    {
        ProcessRun run = ProcessRunner.Run(Peer.Require("tshark"),
        [
            "-n", "-r", capture, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-Y",
            filter,
        ]);
        Assert.True(run.ExitCode == 0, run.ToString());
        return run.OutputLines.Length;
    }
}
