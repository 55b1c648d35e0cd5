using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Appliance.Wire.Pcap;
using Xunit;
using static Appliance.Failover.Tests.CarpBench;

namespace Appliance.Failover.Tests;

/// <summary>What is asked of an advertisement, in FreeBSD's order, each refusal under its counter.</summary>
public sealed class CarpReceptionTests(ITestOutputHelper output)
{
    private const int Ip = EthernetView.HeaderLength;
    private const int Message = AdvertisementFrames.Ipv4PayloadOffset;

    /// <summary>A frame spoiled in ever more ways: whatever is asked first must be what is answered.</summary>
    [Fact]
    public void Questions_are_asked_in_order()
    {
        CarpBench bench = Bench();
        byte[] frame = Good(bench);
        Spoil(CarpRefusal.BadAuthentication, () => frame[Message + 20] ^= 1, sums: true);
        Spoil(CarpRefusal.BadHopLimit, () => frame[Ip + 8] = 254);
        Spoil(CarpRefusal.BadVhid, () => frame[Message + 1] = 9, sums: true);
        Spoil(CarpRefusal.BadChecksum, () => frame[Message + 6] ^= 1);
        Spoil(CarpRefusal.BadLength, () =>
        {
            frame = frame[..^1];
            frame[Ip + 3]--;
        });
        Spoil(CarpRefusal.BadVersion, () => frame[Message] = 0x31);
        Spoil(CarpRefusal.HeaderShort, () => frame[Ip + 3] += 9);
        Spoil(CarpRefusal.NotForUs, () => frame[Ip + 19] = 77);
        Spoil(CarpRefusal.NotCarp, () => frame[Ip + 9] = 17);
        Assert.Equal(9, Enum.GetValues<CarpRefusal>().Sum(refusal => (long)bench.Node.Statistics[refusal]));
        Assert.Equal(7ul, bench.Node.Statistics.ReceivedIpv4);        // what IP would not have handed on is not counted

        void Spoil(CarpRefusal expected, Action how, bool sums = false)
        {
            how();
            if (sums && CarpView.TryParse(frame.AsSpan(Message), out CarpView view)) view.CompleteChecksum();
            Assert.Equal(expected, bench.HearFrame(Wan, AdvertisementFrames.Completed(frame)));
            Assert.Equal(1ul, bench.Node.Statistics[expected]);
        }
    }

    [Fact]
    public void Counters_have_the_names_and_the_order_of_FreeBSD()
    {
        string[] names =
        [
            "ipackets", "ipackets6", "badif", "badttl", "hdrops", "badsum", "badver", "badlen", "badauth", "badvhid", "badaddrs",
            "opackets", "opackets6", "onomem", "ostates", "preempt",
        ];
        Assert.Equal(names, Bench().Node.Statistics.Rows().Select(row => row.Key).Take(names.Length));
    }

    [Fact]
    public void Each_family_counts_its_own()
    {
        var bench = new CarpBench(Settings(OnWan("192.0.2.10 2001:db8::10")));
        bench.Hear(bench.Group, new CarpInterval(1, 0));
        bench.Hear(bench.Group, new CarpInterval(1, 0), source: Addresses("fe80::99")[0]);
        bench.Hear(bench.Group, new CarpInterval(1, 0), source: Addresses("fe80::99")[0]);
        Assert.Equal((1ul, 2ul), (bench.Node.Statistics.ReceivedIpv4, bench.Node.Statistics.ReceivedIpv6));
        bench.Pass(10 * Second);
        Assert.Equal(bench.Node.Statistics.SentIpv4, bench.Node.Statistics.SentIpv6);
        Assert.NotEqual(0ul, bench.Node.Statistics.SentIpv4);
    }

    [Fact]
    public void A_group_without_addresses_of_the_family_does_not_listen_to_it()
    {
        CarpBench bench = Bench();
        Assert.Equal(CarpRefusal.BadVhid, bench.Hear(bench.Group, new CarpInterval(1, 0), source: Addresses("fe80::99")[0]));
    }

    [Fact]
    public void Where_CARP_is_not_allowed_nothing_is_heard()
    {
        var bench = new CarpBench(Settings(OnWan()) with { IsAllowed = false });
        Assert.Equal(CarpState.Initial, bench.Group.State);
        Assert.Equal(240, bench.Node.Ledger.Total);
        Assert.Equal(CarpRefusal.NotAllowed, bench.Hear(bench.Group, new CarpInterval(1, 0)));
        bench.Do(now => bench.Node.Adopt(Settings(OnWan()), now));
        Assert.Equal((CarpState.Backup, 0), (bench.Group.State, bench.Node.Ledger.Total));
    }

    [Theory]
    [InlineData(6, 0x20)]                                             // the first fragment of several
    [InlineData(7, 0x01)]                                             // a later one
    [InlineData(3, 0x13)]                                             // a total length below the header's
    public void What_IP_would_not_hand_on_is_no_CARP(int offset, byte value)
    {
        CarpBench bench = Bench();
        byte[] frame = Good(bench);
        frame[Ip + offset] = value;
        Assert.Equal(CarpRefusal.NotCarp, bench.HearFrame(Wan, AdvertisementFrames.Completed(frame)));
    }

    [Fact]
    public void A_port_without_groups_is_the_wrong_interface()
    {
        CarpBench bench = Bench();
        Assert.Equal(CarpRefusal.BadInterface, bench.HearFrame(Lan, Good(bench)));
        Assert.Equal(CarpRefusal.BadInterface, bench.HearFrame(new PortId(7), Good(bench)));
    }

    [Fact]
    public void What_a_switch_echoes_is_not_taken_for_a_rival()
    {
        CarpBench bench = Bench();
        bench.Pass(4 * Second);
        Assert.Equal(CarpState.Master, bench.Group.State);
        byte[] own = bench.Frames.Last(frame => frame[Ip + 9] == (byte)IpProtocol.Carp);
        Assert.Equal(CarpRefusal.Looped, bench.HearFrame(Wan, [.. own]));
        Assert.Equal(CarpState.Master, bench.Group.State);
        Assert.Equal(1ul, bench.Node.Statistics[CarpRefusal.Looped]);
    }

    [Fact]
    public void With_a_peer_configured_the_hop_limit_may_be_anything()
    {
        var bench = new CarpBench(Settings(OnWan() with { PeerIpv4 = Rival }));
        byte[] frame = Good(bench);
        frame[Ip + 8] = 17;
        Addresses("192.0.2.3")[0].V4.WriteTo(frame.AsSpan(Ip + 16));
        Assert.Equal(CarpRefusal.None, bench.HearFrame(Wan, AdvertisementFrames.Completed(frame)));
    }

    [Theory]
    [InlineData("192.0.2.3", CarpRefusal.None)]                       // the port's own
    [InlineData("192.0.2.10", CarpRefusal.None)]                      // a virtual one
    [InlineData("192.0.2.4", CarpRefusal.NotForUs)]
    [InlineData("224.0.0.1", CarpRefusal.NotForUs)]
    public void The_destination_is_the_group_or_this_box(string destination, CarpRefusal expected)
    {
        CarpBench bench = Bench();
        byte[] frame = Good(bench);
        Addresses(destination)[0].V4.WriteTo(frame.AsSpan(Ip + 16));
        Assert.Equal(expected, bench.HearFrame(Wan, AdvertisementFrames.Completed(frame)));
    }

    [Fact]
    public void Every_flipped_bit_of_an_advertisement_is_refused_but_where_nobody_looks()
    {
        CarpBench bench = Bench();
        byte[] good = Good(bench);
        int taken = 0;
        for (int bit = 0; bit < 8 * good.Length; bit++)
        {
            byte[] frame = [.. good];
            frame[bit / 8] ^= (byte)(1 << (bit % 8));
            if (bench.HearFrame(Wan, frame) != CarpRefusal.None) continue;
            Assert.True(bit < 8 * 12, $"bit {bit}");                  // MAC addresses are the port's business
            taken++;
        }

        Assert.Equal(8 * 12, taken);
    }

    [Fact]
    public void Cut_anywhere_it_is_refused()
    {
        CarpBench bench = Bench();
        byte[] good = Good(bench);
        for (int length = 0; length < good.Length; length++)
            Assert.NotEqual(CarpRefusal.None, bench.HearFrame(Wan, good[..length]));
        Assert.Equal(36ul, bench.Node.Statistics[CarpRefusal.HeaderShort]);
    }

    /// <summary>The capture's description says what each of its frames is; plain CARP believes what it says it believes.</summary>
    [Fact]
    public void The_hostile_capture_is_judged_frame_by_frame()
    {
        CarpRefusal[] expected =
        [
            CarpRefusal.BadAuthentication, CarpRefusal.BadAuthentication, CarpRefusal.BadAuthentication, CarpRefusal.BadChecksum,
            CarpRefusal.BadHopLimit, CarpRefusal.BadVersion, CarpRefusal.None, CarpRefusal.None, CarpRefusal.BadVhid, CarpRefusal.BadVhid,
            CarpRefusal.BadLength, CarpRefusal.BadLength, CarpRefusal.None, CarpRefusal.None, CarpRefusal.None, CarpRefusal.NotForUs,
            CarpRefusal.None, CarpRefusal.None,
        ];
        Assert.Equal(expected, Play(CarpTrust.AnyValid, out _));
    }

    /// <summary>After the same master's good ones, a box that looks at counters refuses the two replays as well (13, 14).</summary>
    [Fact]
    public void A_box_that_remembers_counters_refuses_what_was_sent_before()
    {
        CarpRefusal[] plain = Play(CarpTrust.AnyValid, out _);
        CarpRefusal[] careful = Play(CarpTrust.FreshCounters, out _);
        int[] differing = [.. Enumerable.Range(0, plain.Length).Where(i => plain[i] != careful[i])];
        Assert.Equal([12, 13], differing);
        Assert.All(differing, i => Assert.Equal(CarpRefusal.Replayed, careful[i]));
    }

    [Fact]
    public void With_announced_counters_no_frame_of_the_hostile_capture_moves_a_backup()
    {
        CarpRefusal[] answers = Play(CarpTrust.AnnouncedCounters, out CarpBench bench);
        Assert.DoesNotContain(CarpRefusal.None, answers);
        Assert.Equal(1ul, bench.Group.Transitions);                   // INIT to BACKUP, at the start
        output.WriteLine(string.Join(", ", bench.Node.Statistics.Rows().Where(row => row.Value > 0)));
    }

    private static CarpRefusal[] Play(CarpTrust trust, out CarpBench bench)
    {
        CarpGroupSettings group = OnWan("192.0.2.1") with { Key = Key("correct-horse") };
        var player = new CarpBench(Settings(group) with { Trust = trust, Preempts = true });
        player.Do(now => player.Node.OnPeerCounters(Wan, 1, first: 5));
        foreach (byte[] frame in Frames("synthetic/carp-v2-valid-vhid1.pcap"))
        {
            bool isBelieved = player.HearFrame(Wan, frame) == CarpRefusal.None;
            Assert.Equal(trust != CarpTrust.AnnouncedCounters, isBelieved);
        }

        bench = player;
        return [.. Frames("synthetic/carp-v2-hostile.pcap").Select(frame => player.HearFrame(Wan, frame))];
    }

    private static IEnumerable<byte[]> Frames(string name)
    {
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(SharedCaptures.File(name)));
        while (reader.TryRead(out CaptureRecord record)) yield return record.Bytes.ToArray();
    }

    private static CarpBench Bench() => new(Settings(OnWan()));

    private static byte[] Good(CarpBench bench) =>
        AdvertisementFrames.Make(bench.Group.Settings, Rival, new CarpFields(1, 1, 0, bench.NextCounter++));
}
