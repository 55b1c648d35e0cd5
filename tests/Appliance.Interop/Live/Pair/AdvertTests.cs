using System.Globalization;
using System.Text.Json;
using Appliance.Testing;
using Appliance.Tests;
using Xunit;

namespace Appliance.Interop.Live;

/// <summary>What a pair says, read by others; and what it makes of what others say in its name.</summary>
public sealed class AdvertTests(ITestOutputHelper output)
{
    [Fact]
    public void Tshark_finds_every_advert_of_both_families_valid()
    {
        string tshark = Peer.Require("tshark");
        using var network = new PairNetwork();
        string file = network.Folder["adverts.pcap"];
        using Background capturing = network.Switch.Start(
            "tcpdump", "-i", "lan", "-n", "-U", "-Z", "root", "-w", file, "-c", "24",
            "(ip proto 112 and dst 224.0.0.18) or (ip6 proto 112 and dst ff02::12)");
        capturing.AwaitLine("listening on");
        network.Run(0);
        network.Run(1);
        network.AwaitMaster(0);
        network.Ask(0, "carp", "failover");
        network.AwaitMaster(1);
        Assert.Equal(0, capturing.AwaitEnd().ExitCode);
        string[] rows = Rows(tshark, file);
        Assert.Equal(24, rows.Length);
        foreach (string row in rows)
        {
            string[] fields = row.Split('\t');
            Assert.Equal(("2", "1", "1"), (fields[0], fields[1], fields[2]));           // version, type, checksum good
            Assert.Equal("00:00:5e:00:01:01", fields[3]);
            Assert.Equal("255", fields[4].Length > 0 ? fields[4] : fields[5]);
            Assert.True(fields[6].Length == 0, $"tshark complains: {row}");
        }

        Assert.Contains(rows, row => row.Split('\t')[4].Length > 0);
        Assert.Contains(rows, row => row.Split('\t')[5].Length > 0);
        Assert.Contains(rows, row => row.EndsWith("255\t255", StringComparison.Ordinal));                    // it bowed out
    }

    [Fact]
    public void Forged_replayed_and_broken_adverts_move_nobody_and_are_counted()
    {
        const int Times = 100;
        string capture = SharedCaptures.File("synthetic/carp-v2-hostile.pcap");
        string valid = SharedCaptures.File("synthetic/carp-v2-valid-vhid1.pcap");
        using var network = new PairNetwork();
        for (int box = 0; box < 2; box++) network.Run(box, edit: AsCaptured);
        network.AwaitMaster(0);
        string before = network.Transitions();
        foreach (string file in (string[])[capture, valid])
            network.Lan.Succeed(Peer.Python, LiveNetwork.Script("inject.py", file, "eth0", Times.ToString(CultureInfo.InvariantCulture)));
        Eventually.Is(() => network.Counter(1, "badttl") >= Times);
        Assert.Equal(("MASTER", "BACKUP"), (network.StatesOf(0), network.StatesOf(1)));
        string after = network.Transitions();
        Assert.True(before == after, $"{before}, then {after}: {network.See(0, "carp/status").GetProperty("timeline")}");
        JsonElement counters = network.See(1, "carp/status").GetProperty("counters");
        output.WriteLine(counters.ToString());
        Assert.True(counters.GetProperty("badauth").GetInt64() >= 3 * Times);
        foreach (string reason in (string[])["badsum", "badttl", "badver", "badlen", "badvhid", "not-announced"])
            Assert.True(counters.GetProperty(reason).GetInt64() >= Times, reason);
    }

    /// <summary>The addresses and the password of the captures, whose sender is the first box.</summary>
    private static string AsCaptured(string yaml) => yaml
        .Replace("10.1.0.254/24, \"fd01::fe/64\"], password: sesame", "192.0.2.1/24], password: correct-horse", StringComparison.Ordinal)
        .Replace("10.1.0.", "192.0.2.", StringComparison.Ordinal);

    private static string[] Rows(string tshark, string file) => ProcessRunner.Run(
        tshark,
        [
            "-r", file, "-d", "ip.proto==112,carp", "-T", "fields", "-e", "carp.version", "-e", "carp.type", "-e", "carp.checksum.status",
            "-e", "eth.src", "-e", "ip.ttl", "-e", "ipv6.hlim", "-e", "_ws.expert.message", "-e", "carp.advskew", "-e", "carp.adver_int",
        ]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
