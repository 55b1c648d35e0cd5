using Appliance.Engine;
using Appliance.Failover;
using Appliance.Node;
using Appliance.Running;
using Appliance.Wire.Carp;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Tests.Live;

public sealed class FailoverThreadTests
{
    private const string Pair = """
        high-availability:
          carp:
            - {vhid: 1, port: lan, addresses: [192.168.1.254/24], password: one}
            - {vhid: 2, port: wan, addresses: [203.0.113.10/24], password: two}

        """;

    /// <summary>A group that is alone on its link is master after three intervals: its clock is led there, nobody waits for them.</summary>
    [Fact]
    public async Task A_group_that_the_configuration_drops_bows_out_before_its_wire_is_closed()
    {
        using var rig = new LiveRig(LiveRig.Ports + Pair);
        await BecomeMaster(rig, rig.Lan, rig.Wan);
        RecordingWire lan = rig.Lan.FailoverWire, wan = rig.Wan.FailoverWire;
        rig.Text = LiveRig.Ports + string.Join('\n', Pair.Split('\n').Where(line => !line.Contains("vhid: 1", StringComparison.Ordinal)));
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        LiveRig.Until(() => !lan.IsOpen, () => "the wire stays open");
        Assert.Equal(byte.MaxValue, SkewOf(lan.Sent.Last(IsAdvert)));
        Assert.True(wan.IsOpen);
        Assert.DoesNotContain(wan.Sent, frame => IsAdvert(frame) && SkewOf(frame) == byte.MaxValue);
    }

    /// <summary>It is no fault of this box: the other group stays where it is, and the peer is told at once.</summary>
    [Fact]
    public async Task A_group_whose_port_the_configuration_drops_bows_out_and_demotes_nobody()
    {
        using var rig = new LiveRig();
        var third = new TestDevice("eth2", 0x5254_0000_0003);
        rig.Devices.Add(third);
        string groupOfLan = string.Join('\n', Pair.Split('\n').Where(line => !line.Contains("vhid: 2", StringComparison.Ordinal)));
        rig.Text = LiveRig.Ports.Replace(
            "routes:", "  dmz: {backend: af-packet, device: eth2, addresses: [10.9.0.1/24]}\nroutes:", StringComparison.Ordinal)
            + groupOfLan.TrimEnd() + "\n    - {vhid: 3, port: dmz, addresses: [10.9.0.254/24], password: three}\n";
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        await BecomeMaster(rig, rig.Lan, third);
        RecordingWire lan = rig.Lan.FailoverWire, dmz = third.FailoverWire;
        rig.Text = LiveRig.Ports + groupOfLan;
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        LiveRig.Until(() => !dmz.IsOpen, () => "the wire stays open");
        Assert.Equal(byte.MaxValue, SkewOf(dmz.Sent.Last(IsAdvert)));
        Assert.True(lan.IsOpen);
        Assert.All(lan.Sent.Where(IsAdvert), frame => Assert.Equal(0, SkewOf(frame)));
        (int changes, int demotion) = await rig.Appliance.Failover!.AskAsync((control, _) => (
            control.Carp.Timeline.Entries.Count(entry => entry.ToString().Contains("1@lan", StringComparison.Ordinal)),
            control.Carp.Ledger.Total));
        Assert.Equal((2, 0), (changes, demotion));                      // to backup, and to master
    }

    /// <summary>Of a rehearsal that lasts as long as anyone likes.</summary>
    [Fact]
    public async Task A_box_of_a_pair_forwards_while_it_rehearses_and_takes_part_behind_that()
    {
        using var rehearsed = new ManualResetEventSlim();
        int rehearsals = 0;
        using var rig = new LiveRig(LiveRig.Ports + Pair, rehearse: () =>
        {
            rehearsed.Wait();
            rehearsals++;
        });
        Task<CarpState> asked;
        try
        {
            rig.Lan.Arrive(LiveRig.Frame(1));
            LiveRig.Until(() => rig.Wan.Sent.Length == 1, () => "the frame does not leave");
            asked = rig.Appliance.Failover!.AskAsync((control, _) => control.Carp.Groups[0].State);
            Assert.Empty(rig.Lan.FailoverWire.Sent);
            Assert.False(asked.IsCompleted);
        }
        finally
        {
            rehearsed.Set();
        }

        Assert.NotEqual(CarpState.Master, await asked.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        LiveRig.Until(() => rig.Lan.FailoverWire.Sent.Any(IsAdvert), () => "no advert");
        Assert.Equal(1, rehearsals);
        CarpEvent[] causes = await rig.Appliance.Failover.AskAsync(
            (control, _) => control.Carp.Timeline.Entries.Select(entry => entry.Cause).ToArray());
        Assert.DoesNotContain(CarpEvent.WokeLate, causes);
    }

    [Fact]
    public void A_rehearsal_that_fails_is_reported_and_the_box_takes_part()
    {
        using var rig = new LiveRig(LiveRig.Ports + Pair, rehearse: () => throw new InvalidOperationException("no memory"));
        LiveRig.Until(() => rig.Lan.FailoverWire.Sent.Any(IsAdvert), () => "no advert");
        Assert.Contains(rig.Lines, line => line.Contains("rehearsal", StringComparison.Ordinal)
            && line.Contains("no memory", StringComparison.Ordinal));
    }

    /// <summary>A log is a pipe, and who reads it may stop: that must not make a box late that has just taken over.</summary>
    [Fact]
    public void Nobody_who_reads_the_log_slowly_keeps_it_from_adverts()
    {
        using var read = new ManualResetEventSlim();
        using var rig = new LiveRig(LiveRig.Ports + Pair, reader: line =>
        {
            if (line.StartsWith("carp ", StringComparison.Ordinal)) read.Wait();
        });
        try
        {
            LiveRig.Until(() => rig.Lan.FailoverWire.Sent.Any(IsAdvert) && rig.Wan.FailoverWire.Sent.Any(IsAdvert), () => "no advert");
            Assert.DoesNotContain(rig.Lines, line => line.StartsWith("carp ", StringComparison.Ordinal));
        }
        finally
        {
            read.Set();
        }

        LiveRig.Until(() => rig.Lines.Any(line => line.Contains("-> MASTER", StringComparison.Ordinal)), () => "it is never told");
    }

    /// <summary>Boxes that are configured as a pair while they run steer alike, and share states by the buckets that there are.</summary>
    [Fact]
    public async Task What_a_reload_makes_of_the_steering_states_are_shared_by()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-thread");
        string key = Path.Combine(folder.FullName, "sync.key");
        await File.WriteAllTextAsync(key, new string('a', 64), TestContext.Current.CancellationToken);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        string shared = LiveRig.Ports + Pair.TrimEnd() + $"\n  sync: {{port: lan, peer: 192.168.1.2, key-file: {key}}}\n";
        using var rig = new LiveRig();
        SteeringRules alone = rig.Appliance.Node.Steering;
        await Reload(shared);
        LiveRig.Until(() => Streams() == alone.Table.Buckets, () => "nothing is shared");
        using var other = new LiveRig(shared);
        Assert.False(rig.Appliance.Node.Steering.HasSameHashAs(alone));
        Assert.True(rig.Appliance.Node.Steering.HasSameHashAs(other.Appliance.Node.Steering));
        await Reload(shared + "vrss: {indirection: 32}\n");
        LiveRig.Until(() => Streams() == 32, () => "what is shared is of buckets that are not there any more");
        SyncJoint? before = Joint();
        await Reload(shared + "vrss: {indirection: 32, key: microsoft}\n");
        LiveRig.Until(
            () => Joint() is { } joint && joint != before && joint.Streams.Buckets == 32, () => "what is shared is of another key");
        folder.Delete(recursive: true);

        async Task Reload(string text)
        {
            rig.Text = text;
            Assert.Empty((await rig.Appliance.Reload()).Errors);
        }

        SyncJoint? Joint() => rig.Appliance.Failover?.AskAsync((control, _) => control.Sync).GetAwaiter().GetResult();

        int Streams() => Joint()?.Streams.Buckets ?? 0;
    }

    /// <summary>What failover knows of a carrier without asking may be old, and the control thread has asked.</summary>
    [Fact]
    public async Task A_link_is_asked_for_anew_when_another_has_seen_otherwise()
    {
        using var rig = new LiveRig(LiveRig.Ports + Pair);
        await BecomeMaster(rig, rig.Lan, rig.Wan);
        FailoverThread failover = Assert.IsType<FailoverThread>(rig.Appliance.Failover);
        PortId lan = await failover.AskAsync((control, _) => control.Plan.Ports[0].Physical);
        rig.Lan.FailoverWire.Knows(LinkState.Up, isReally: LinkState.Down);
        failover.Linked(lan, LinkState.Up);
        Assert.Equal(CarpState.Master, await failover.AskAsync((control, _) => control.Carp.Groups[0].State));
        failover.Linked(lan, LinkState.Down);
        Assert.Equal(CarpState.Initial, await failover.AskAsync((control, _) => control.Carp.Groups[0].State));
    }

    /// <summary>Of the groups on both, which are alone on their links: the clock is led there.</summary>
    private static async Task BecomeMaster(LiveRig rig, TestDevice one, TestDevice other)
    {
        LiveRig.Until(() => rig.Appliance.Failover is not null, () => "no failover");
        while (!one.FailoverWire.Sent.Any(IsAdvert) || !other.FailoverWire.Sent.Any(IsAdvert))
        {
            await rig.Appliance.Failover!.AskAsync(
                (control, _) => control.NextDeadline != MonotonicTime.Never && control.Step(control.NextDeadline));
        }
    }

    private static bool IsAdvert(byte[] frame) =>
        EthernetView.TryParse(frame, out EthernetView ethernet) && ethernet.EtherType == EtherType.Ipv4;

    private static byte SkewOf(byte[] frame)
    {
        Assert.True(EthernetView.TryParse(frame, out EthernetView ethernet));
        Assert.True(Ipv4View.TryParse(ethernet.Payload, out Ipv4View ip));
        Assert.True(CarpView.TryParse(ip.Payload, out CarpView carp));
        return carp.AdvertisementSkew;
    }
}
