using System.Buffers.Binary;
using System.Text.Json;
using Appliance.Testing;
using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;
using static Appliance.Node.Tests.Replaying;

namespace Appliance.Node.Tests;

/// <summary>CARP by the captures' clock: who has <c>--live-timers</c> sees the box wait, take over and speak.</summary>
public sealed class LiveTimersTests
{
    private const long Millisecond = 1_000_000, Second = 1000 * Millisecond;
    private const int LanVhid = 1;

    private static readonly ReplayOptions Live = new(RunsTimers: true, RecordsVerdicts: true);

    private static byte[] ToVirtualMac => To(CarpAddresses.VirtualMac(LanVhid));

    private static byte[] To(MacAddress mac)
    {
        byte[] frame = TestFrames.Ipv4(Boxes.LanHost, Boxes.Outside, TestTransport.Udp(1, 2));
        mac.WriteTo(frame);
        return frame;
    }

    private static string Yaml(int skew = 0, string secret = "password: sesame", string more = "") => Boxes.Edge + $$"""
        high-availability:
          carp:
            - {vhid: 1, port: lan, addresses: [192.168.1.254/24], {{secret}}, advskew: {{skew}}}
            - {vhid: 2, port: wan, addresses: [203.0.113.10/24], {{secret}}, advskew: {{skew}}}
        {{more}}
        """;

    private static string AtOtherAddresses(string yaml) => yaml
        .Replace("192.168.1.1/24", "192.168.1.3/24", StringComparison.Ordinal)
        .Replace("203.0.113.2/24", "203.0.113.4/24", StringComparison.Ordinal);

    /// <summary>A frame every tenth of a second.</summary>
    private static byte[] Traffic(double seconds, Func<byte[]>? frame = null) =>
        Capture(Enumerable.Range(0, (int)(seconds * 10)).Select(i => (i * 100 * Millisecond, (frame ?? (() => ToVirtualMac))())));

    [Fact]
    public void A_box_that_hears_nobody_takes_over_after_three_intervals_and_speaks_every_second_at_its_own_time()
    {
        Replayed replayed = Run(Yaml(), 2, Live, ("lan", Traffic(seconds: 7.05)));
        long[] adverts = [.. replayed.SentBy("lan").Where(sent => IsAdvert(sent.Frame)).Select(sent => sent.Time)];
        Assert.Equal([3 * Second, 4 * Second, 5 * Second, 6 * Second], adverts);
        Assert.Equal(adverts, replayed.SentBy("wan").Where(sent => IsAdvert(sent.Frame)).Select(sent => sent.Time));
        Assert.All(replayed.Report.Failover!.Groups, group => Assert.Equal("MASTER", group.State));
        Assert.Equal(4, replayed.Report.Failover.Transitions.Length);  // both to backup, and to master
        Assert.Contains("BACKUP -> MASTER", replayed.Report.Failover.Transitions[^1].Text, StringComparison.Ordinal);
        Assert.Equal(3.0, replayed.Report.Failover.Transitions[^1].Seconds);
    }

    [Fact]
    public void What_is_for_the_virtual_host_passes_only_while_the_box_is_it()
    {
        Replayed replayed = Run(Yaml(), 2, Live, ("lan", Traffic(seconds: 5)));
        VerdictKind[] verdicts = [.. replayed.Report.Verdicts!.Value[0].Select(verdict => verdict.Kind)];
        Assert.All(verdicts[..30], verdict => Assert.Equal(VerdictKind.Drop, verdict));
        Assert.All(verdicts[30..], verdict => Assert.Equal(VerdictKind.Pass, verdict));
        Assert.Equal(30, replayed.DroppedAs("not-for-us"));
    }

    [Theory]
    [InlineData(false, 50)]
    [InlineData(true, 0)]
    public void Any_other_MAC_address_is_the_ports_unless_they_are_to_be_strict(bool isStrict, int passed)
    {
        Replayed replayed = Run(
            Yaml(), new NodeOptions { Workers = 2, StrictMac = isStrict }, Live, _ => { },
            ("lan", Traffic(5, () => To(new MacAddress(0x0200_0000_0099)))));
        Assert.Equal(passed, replayed.Report.Verdicts!.Value[0].Count(verdict => verdict.Kind == VerdictKind.Pass));
    }

    [Fact]
    public void Who_hears_a_better_master_stays_backup_until_that_is_silent()
    {
        Replayed better = Run(Yaml(), 2, Live, ("lan", Traffic(seconds: 8)));
        Replayed worse = Run(
            AtOtherAddresses(Yaml(skew: 100)), 2, Live,
            ("lan", Traffic(seconds: 15)), ("lan", better.Files["lan"]), ("wan", better.Files["wan"]));
        (long time, byte[] _) = worse.SentBy("lan").First(sent => IsAdvert(sent.Frame));
        long lastHeard = better.SentBy("lan").Last(sent => IsAdvert(sent.Frame)).Time;
        Assert.Equal(lastHeard + (3 * Second) + (100 * Second / 256), time, tolerance: 100 * (double)Microsecond);
        Assert.Equal("MASTER", worse.Report.Failover!.Groups[0].State);
        Assert.Equal("192.168.1.1", worse.Report.Failover.Groups[0].Peer);
    }

    /// <summary>Made by others' rules: Python's HMAC over what FreeBSD puts in.</summary>
    [Fact]
    public void Adverts_of_a_shared_capture_are_heard_and_consumed()
    {
        const string Alone = """
            ports:
              lan: {backend: pcap, addresses: [192.0.2.12/24]}
            high-availability:
              carp: [{vhid: 1, port: lan, addresses: [192.0.2.1/24], password: correct-horse, advskew: 100}]
            """;
        byte[] adverts = File.ReadAllBytes(SharedCaptures.File("synthetic/carp-v2-valid-vhid1.pcap"));      // a second apart
        Replayed replayed = Run(Alone, 2, Live, ("lan", adverts), ("lan", Traffic(seconds: 13)));
        Assert.Equal((10L, 0L), (replayed.Accounts.Consumed, replayed.DroppedAs("multicast")));
        Assert.Equal([0, 9 + 3 + (100 / 256.0)], replayed.Report.Failover!.Transitions.Select(moved => moved.Seconds));
        Assert.Equal("192.0.2.11", replayed.Report.Failover.Groups[0].Peer);
    }

    [Fact]
    public void Without_timers_nothing_is_sent_that_no_frame_has_caused()
    {
        Replayed replayed = Run(Yaml(), 2, ("lan", Traffic(seconds: 5)));
        Assert.Equal((0, 50), (replayed.FramesOf("lan").Length, replayed.FramesOf("wan").Length));
        Assert.Null(replayed.Report.Failover);
        Assert.DoesNotContain("carp", replayed.Json, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_said_is_generated_and_counted_where_it_leaves()
    {
        Replayed replayed = Run(Yaml(), 2, Live, ("lan", Traffic(seconds: 5)));
        int lan = replayed.FramesOf("lan").Length, wan = replayed.FramesOf("wan").Length;
        Assert.Equal((lan, wan), ((int)replayed.Accounts.Ports[0].FramesOut, (int)replayed.Accounts.Ports[1].FramesOut));
        Assert.Equal(lan + wan, replayed.Accounts.Transmitted);
        Assert.Equal(lan + wan - 20, replayed.Accounts.Generated);
        Assert.Equal(
            replayed.FramesOf("lan").Sum(frame => frame.Length) + replayed.FramesOf("wan").Sum(frame => frame.Length),
            replayed.Accounts.Ports.Take(2).Sum(port => port.BytesOut));
    }

    [Fact]
    public void A_group_on_a_VLAN_speaks_there_and_is_counted_there()
    {
        const string Tagged = """
            ports:
              trunk: {backend: pcap, addresses: [192.0.2.1/24]}
              trunk.7: {parent: trunk, vlan: 7, addresses: [192.168.1.1/24]}
            high-availability:
              carp:
                - {vhid: 1, port: trunk.7, addresses: [192.168.1.254/24], password: sesame}
            """;
        Replayed replayed = Run(Tagged, 1, Live, ("trunk", Traffic(seconds: 5)));
        byte[][] sent = replayed.FramesOf("trunk");
        Assert.NotEmpty(sent);
        Assert.All(sent, frame => Assert.Equal(7, BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(14)) & 0xfff));
        Assert.Equal((sent.Length, sent.Length), ((int)replayed.Accounts.Ports[0].FramesOut, (int)replayed.Accounts.Ports[1].FramesOut));
    }

    [Theory]
    [InlineData("  sync: {port: wan, peer: 203.0.113.3, key-file: sync.key}")]
    [InlineData("")]
    public void The_same_is_the_same_to_the_byte(string more)
    {
        Replayed first = Run(Yaml(more: more), 2, Live, ("lan", Traffic(seconds: 5)));
        Replayed second = Run(Yaml(more: more), 2, Live, ("lan", Traffic(seconds: 5)));
        Assert.Equal(first.Json, second.Json);
        Assert.All(first.Files, file => Assert.Equal(file.Value, second.Files[file.Key]));
        int spoken = first.FramesOf("wan").Length;
        Assert.Equal(more.Length > 0, spoken > 500);                    // a heartbeat every five milliseconds
    }

    [Fact]
    public void Adverts_count_for_no_group_whose_password_is_in_a_file()
    {
        Replayed better = Run(Yaml(), 2, Live, ("lan", Traffic(seconds: 10)));
        Replayed worse = Run(
            AtOtherAddresses(Yaml(skew: 100, secret: "password-file: lan.key")), 2, Live, ("lan", Traffic(seconds: 10)),
            ("lan", better.Files["lan"]));
        Assert.All(worse.Report.Failover!.Groups, group => Assert.Equal("MASTER", group.State));
        Assert.Equal([1, 2], worse.Report.Failover.UnreadGroups);
    }

    [Fact]
    public void In_a_gap_of_ten_minutes_all_is_done_in_its_time_and_in_a_longer_one_once()
    {
        byte[] Gap(long seconds) => Capture([(0, ToVirtualMac), (seconds * Second, ToVirtualMac)]);
        int Adverts(long seconds) => Run(Yaml(), 1, Live, ("lan", Gap(seconds))).FramesOf("lan").Count(IsAdvert);
        Assert.Equal(598, Adverts(600));
        Assert.Equal(0, Adverts(601));
        Assert.Equal(0, Adverts(long.MaxValue / Second / 2));
    }

    [Fact]
    public void JSON_has_the_groups_as_show_carp_has_them_and_when_they_moved()
    {
        using JsonDocument json = JsonDocument.Parse(Run(Yaml(skew: 7), 2, Live, ("lan", Traffic(seconds: 5))).Json);
        JsonElement group = json.RootElement.GetProperty("carp")[0];
        Assert.Equal(
            (1, "lan", "MASTER", 1, 7), (group.GetProperty("vhid").GetInt32(), group.GetProperty("port").GetString(),
            group.GetProperty("state").GetString(), group.GetProperty("advbase").GetInt32(), group.GetProperty("advskew").GetInt32()));
        Assert.Equal("192.168.1.254/24", group.GetProperty("addresses")[0].GetString());
        Assert.Equal(JsonValueKind.Null, group.GetProperty("peer").ValueKind);
        Assert.Equal(4, json.RootElement.GetProperty("carpTransitions").GetArrayLength());
    }

    private static bool IsAdvert(byte[] frame) =>
        frame[12] == 8 && frame[13] == 0 && (IpProtocol)frame[EthernetView.HeaderLength + 9] == IpProtocol.Carp
        && frame[EthernetView.HeaderLength + Ipv4View.MinHeaderLength] == 0x21;
}
