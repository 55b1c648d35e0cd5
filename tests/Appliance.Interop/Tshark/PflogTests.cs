using Appliance.Node;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop;

/// <summary>A pflog capture says to tshark what the rules did.</summary>
public sealed class PflogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rule_action_direction_interface_and_packet_are_read_back()
    {
        string tshark = Peer.Require("tshark");
        string configuration = _folder.Write("edge.yaml", """
            ports:
              lan: {backend: pcap, addresses: [192.168.1.1/24, "2001:db8:1::1/64"]}
              wan: {backend: pcap, addresses: [203.0.113.2/24]}
            routes: [{to: 0.0.0.0/0, via: 203.0.113.1}]
            firewall: {ruleset: edge.pf.conf}

            """);
        _folder.Write("edge.pf.conf", """
            block log all label none
            anchor "ins" in on lan {
              pass quick proto udp to port 1
              pass log proto tcp to port 443
            }
            pass out log on wan no state

            """);
        string capture = Captures.Write(
            _folder["lan.pcap"], NodeModelsBuilder.MacOf(1), "tcp 192.168.1.10:40000 > 198.51.100.7:443 S",
            "udp [2001:db8:1::10]:5000 > [2001:db8::7]:53 len 2000");
        string log = _folder["log.pcap"];
        ApplianceProgram.Succeed("replay", "--config", configuration, "--in", $"lan={capture}", "--log", log);
        ProcessRun run = ProcessRunner.Run(tshark,
        [
            "-n", "-r", log, "-T", "fields", "-E", "separator=,", "-e", "pflog.length", "-e", "pflog.af", "-e", "pflog.action",
            "-e", "pflog.reason", "-e", "pflog.ifname", "-e", "pflog.ruleset", "-e", "pflog.rulenr", "-e", "pflog.subrulenr",
            "-e", "pflog.dir", "-e", "ip.src", "-e", "ipv6.src", "-e", "tcp.dstport", "-e", "udp.dstport", "-e", "frame.len",
            "-e", "frame.cap_len", "-e", "_ws.malformed",
        ]);
        Assert.True(run.ExitCode == 0, run.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(run.Output);
        Assert.Equal(
            [
                "69,2,0,0,lan,ins,1,1,1,192.168.1.10,,443,,112,112,",
                "69,2,0,0,wan,edge.pf.conf:6,2,-1,2,192.168.1.10,,443,,112,112,",
                "69,28,1,0,lan,none,0,-1,1,,2001:db8:1::10,,53,2120,280,",
            ],
            run.OutputLines);
    }
}
