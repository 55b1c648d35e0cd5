using Appliance.Engine;
using Appliance.Management;
using Appliance.Node;
using Appliance.Running;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Xunit;

namespace Appliance.Tests.Live;

/// <summary>The whole of what <c>run</c> runs, with all its threads, on devices in memory.</summary>
public sealed class RunningApplianceTests
{
    private const string Dmz = "  dmz: {backend: af-packet, device: eth2, addresses: [10.9.0.1/24]}\n";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_frame_wakes_whom_it_has_to(int vcpus)
    {
        using var rig = new LiveRig(vcpus: vcpus);
        int frames = TestSize.Of(person: 3_000, server: 20_000, soak: 1_000_000);
        for (int i = 0; i < frames; i++)
        {
            rig.Lan.Arrive(LiveRig.Frame(i), i % vcpus);
            if (i % 3 == 0) LiveRig.Until(() => rig.Wan.Sent.Length > i, () => $"frame {i} does not leave");
        }

        LiveRig.Until(() => rig.Wan.Sent.Length == frames, () => $"{rig.Wan.Sent.Length} of {frames} left");
        Assert.True(TestSleep.Sleeps > 0);
    }

    [Fact]
    public void Workers_without_work_sleep()
    {
        using var rig = new LiveRig();
        rig.Lan.Arrive(LiveRig.Frame(1));
        LiveRig.Until(() => rig.Wan.Sent.Length == 1, () => "the frame does not leave");
        LiveRig.Until(() => rig.Appliance.Node.Workers.All(worker => worker.Doorbell.IsAsleep), () => "a worker does not lie down");
    }

    /// <summary>Neighbours are the control thread's, so its rounds must have begun.</summary>
    [Fact]
    public async Task It_forwards_and_answers_while_what_it_is_spoken_to_by_opens_and_is_ready_behind_that()
    {
        var opening = new TaskCompletionSource();
        using var rig = new LiveRig(opens: () => opening.Task);
        rig.Lan.Arrive(LiveRig.Frame(1));
        LiveRig.Until(() => rig.Wan.Sent.Length == 1, () => "the frame does not leave");
        Task<int> asked = rig.Appliance.Ask(node => node.Workers.Length);
        Assert.Equal(2, await asked.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken));
        Assert.Empty(rig.Notices.Told);
        Assert.Empty(rig.Lines);
        opening.SetResult();
        LiveRig.Until(() => rig.Notices.Told.Contains("ready"), () => "the appliance is not ready");
        Assert.Contains(rig.Lines, line => line.StartsWith("running: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Frames_leave_with_the_mac_addresses_of_the_devices()
    {
        using var rig = new LiveRig();
        rig.Lan.Arrive(LiveRig.Frame(1));
        rig.Lan.Arrive(TestFrames.WithMacs(LiveRig.Frame(2), new MacAddress(0x5254_0000_0009), TestFrames.Host));
        LiveRig.Until(() => rig.Appliance.Node.ReadAccounts().Received == 2, () => "the frames do not arrive");
        LiveRig.Until(() => rig.Wan.Sent.Length == 1, () => "the frame does not leave");
        Assert.Equal(new MacAddress(0x5254_0000_0002), MacAddress.Read(rig.Wan.Sent[0].AsSpan(6)));
        LiveRig.Until(() => rig.Appliance.Node.ReadAccounts().Dropped == 1, () => "a frame to another station is not dropped");
    }

    [Fact]
    public async Task Reloads_under_load_lose_no_frame()
    {
        using var rig = new LiveRig();
        int sent = 0;
        for (int round = 0; round < 30; round++)
        {
            rig.Text = LiveRig.Ports + (round % 2 == 0 ? "vrss: {indirection: 64}\n" : "");
            Task<ApplyAnswer> reload = rig.Appliance.Reload();
            while (!reload.IsCompleted || sent % 100 != 0)
            {
                rig.Lan.Arrive(LiveRig.Frame(sent), sent++ % 2);
                LiveRig.Until(() => sent - rig.Wan.Sent.Length < 500, () => "frames do not leave");
            }

            Assert.Empty((await reload).Errors);
        }

        LiveRig.Until(() => rig.Wan.Sent.Length == sent, () => $"{rig.Wan.Sent.Length} of {sent} left");
    }

    [Fact]
    public async Task A_configuration_with_errors_is_refused_and_the_one_before_stays()
    {
        using var rig = new LiveRig();
        rig.Text = LiveRig.Ports.Replace("192.168.1.1/24", "192.168.1.1/33", StringComparison.Ordinal);
        ApplyAnswer answer = await rig.Appliance.Reload();
        Assert.False(answer.IsApplied);
        Assert.Contains(rig.Lines, line => line.StartsWith("live.yaml:3:", StringComparison.Ordinal));
        Assert.Contains("reload refused: the configuration before stays in force", rig.Lines);
        Assert.Equal(["ready", "reloading", "ready"], rig.Notices.Told);
        rig.Lan.Arrive(LiveRig.Frame(1));
        LiveRig.Until(() => rig.Wan.Sent.Length == 1, () => "the frame does not leave");
    }

    [Fact]
    public async Task A_reload_that_fails_on_its_way_is_said_and_what_runs_goes_on()
    {
        using var rig = new LiveRig();
        rig.Appliance.Reloader = () => throw new InvalidOperationException("it has too much to answer at once");
        Assert.Equal(["it has too much to answer at once"], (await rig.Appliance.Reload()).Errors);
        Assert.Equal(
            ["it has too much to answer at once", "reload refused: the configuration before stays in force"], rig.Lines.TakeLast(2));
        Assert.Equal(["ready", "reloading", "ready"], rig.Notices.Told);
    }

    [Fact]
    public async Task A_port_is_added_and_removed_by_reloads()
    {
        using var rig = new LiveRig();
        var third = new TestDevice("eth2", 0x5254_0000_0003);
        rig.Text = LiveRig.Ports.Replace("routes:", $"{Dmz}routes:", StringComparison.Ordinal)
            + "  - {port: dmz, address: 10.9.0.7, mac: \"02:00:00:00:00:07\"}\n";
        Assert.Equal(["port dmz: there is no device eth2"], (await rig.Appliance.Reload()).Errors);
        rig.Devices.Add(third);
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        byte[] toDmz = TestFrames.WithMacs(
            TestFrames.Ipv4("192.168.1.10", "10.9.0.7", TestTransport.Udp(1, 2)), rig.Lan.Mac, TestFrames.Host);
        LiveRig.Until(
            () =>
            {
                rig.Lan.Arrive(toDmz);
                return third.Sent.Length > 0;
            },
            () => "nothing leaves by the new port");
        rig.Text = LiveRig.Ports;
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        LiveRig.Until(() => third.Open == 0, () => "the device of the removed port stays open");
        Assert.Equal((1, 1), (rig.Lan.OpenedInAll, rig.Wan.OpenedInAll));
    }

    [Fact]
    public async Task A_port_that_gets_another_device_takes_that_and_gives_up_the_one_before()
    {
        using var rig = new LiveRig();
        var third = new TestDevice("eth2", 0x5254_0000_0003);
        rig.Devices.Add(third);
        rig.Text = LiveRig.Ports.Replace("eth1", "eth2", StringComparison.Ordinal);
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        LiveRig.Until(() => rig.Wan.Open == 0 && third.Open == 1, () => "the devices do not change");
        LiveRig.Until(
            () =>
            {
                rig.Lan.Arrive(LiveRig.Frame(1));
                return third.Sent.Length > 0;
            },
            () => "nothing leaves by the new device");
        Assert.Equal(third.Mac, MacAddress.Read(third.Sent[0].AsSpan(6)));
    }

    [Fact]
    public async Task A_device_is_one_ports_however_it_is_called()
    {
        const string Twice = "port wan: its device mac:52:54:00:00:00:01 is that of port lan already; expected each device once";
        string twice = LiveRig.Ports.Replace("device: eth1", "device: \"mac:52:54:00:00:00:01\"", StringComparison.Ordinal);
        using var rig = new LiveRig();
        rig.Text = twice;
        Assert.Equal([Twice], (await rig.Appliance.Reload()).Errors);
        Assert.Equal(1, rig.Lan.OpenedInAll);
        Assert.Equal([Twice], Assert.Throws<PortFault>(() => new LiveRig(twice)).Lines);
    }

    [Fact]
    public async Task A_device_stays_its_ports_when_another_has_its_mac_address_as_well()
    {
        string yaml = LiveRig.Ports.Replace("device: eth1", "device: \"mac:52:54:00:00:00:02\"", StringComparison.Ordinal);
        using var rig = new LiveRig(yaml);
        rig.Devices.Add(new TestDevice("host-wan", rig.Wan.Mac.Value));
        rig.Text = yaml.Replace("device: eth0", "device: eth1", StringComparison.Ordinal);
        Assert.Equal(
            ["port lan: its device eth1 is that of port wan already; expected each device once"],
            (await rig.Appliance.Reload()).Errors);
        Assert.Equal((1, 1), (rig.Lan.OpenedInAll, rig.Wan.OpenedInAll));
    }

    [Fact]
    public void A_device_that_becomes_what_another_port_waits_for_stays_with_its_own()
    {
        string yaml = LiveRig.Ports.Replace("device: eth1", "device: \"mac:52:54:00:00:00:02\"", StringComparison.Ordinal);
        using var rig = new LiveRig(yaml);
        rig.Devices.Remove("eth1");
        LiveRig.Until(() => rig.Wan.Open == 0, () => "the port keeps a device that is gone");
        rig.Lan.Mac = rig.Wan.Mac;
        rig.Devices.Announce();
        LiveRig.Until(
            () => rig.Lines.Any(line => line.Contains("is that of port lan already", StringComparison.Ordinal)), () => "nothing is said");
        Assert.Equal(1, rig.Lan.OpenedInAll);
    }

    [Theory]
    [InlineData(1400)]
    [InlineData(9000)]
    public async Task A_tap_gets_the_mtu_that_another_configuration_says_and_stays(int mtuBytes)
    {
        string yaml = LiveRig.Ports.Replace("backend: af-packet, device: eth0,", "backend: tap, device: eth0,", StringComparison.Ordinal);
        using var rig = new LiveRig(yaml);
        rig.Text = yaml.Replace("device: eth", $"mtu: {mtuBytes}, device: eth", StringComparison.Ordinal);
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        Assert.Equal((mtuBytes, 1500), (rig.Lan.MtuBytes, rig.Wan.MtuBytes));
        Assert.Equal(
            [mtuBytes, Math.Min(mtuBytes, 1500)],
            await rig.Appliance.Ask(node => new[] { node.Models.Ports[0].MtuBytes, node.Models.Ports[1].MtuBytes }));
        Assert.Equal(1, rig.Lan.OpenedInAll);
    }

    [Fact]
    public async Task A_reload_that_asks_for_more_than_the_device_has_as_mtu_says_so_once()
    {
        using var rig = new LiveRig();
        rig.Text = LiveRig.Ports.Replace("device: eth0", "mtu: 9000, device: eth0", StringComparison.Ordinal);
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        const string Warning = "warning: port lan: mtu 9000 is over the 1500 of eth0, which count";
        Assert.Single(rig.Lines, Warning);
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        Assert.Single(rig.Lines, Warning);
    }

    [Fact]
    public async Task A_reload_that_steers_a_port_says_when_it_will()
    {
        using var rig = new LiveRig();
        rig.Text = LiveRig.Ports.Replace("device: eth0", "offloads: {rps: on}, device: eth0", StringComparison.Ordinal);
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        const string Warning = "warning: port lan: rps will be on when its device is opened anew";
        Assert.Single(rig.Lines, Warning);
        Assert.Empty((await rig.Appliance.Reload()).Errors);
        Assert.Single(rig.Lines, Warning);
        Assert.Equal(1, rig.Lan.OpenedInAll);
    }

    [Fact]
    public void A_device_that_vanishes_is_reported_and_taken_again_when_it_returns()
    {
        using var rig = new LiveRig();
        rig.Devices.Remove("eth1");
        LiveRig.Until(() => rig.Wan.Open == 0, () => "the port keeps a device that is gone");
        var returned = new TestDevice("eth1", 0x5254_0000_0077);
        rig.Devices.Add(returned);
        LiveRig.Until(() => returned.Open == 1, () => "the port does not take the device that returned");
        LiveRig.Until(
            () =>
            {
                rig.Lan.Arrive(LiveRig.Frame(1));
                return returned.Sent.Length > 0;
            },
            () => "nothing leaves by the device that returned");
        Assert.Equal(returned.Mac, MacAddress.Read(returned.Sent[0].AsSpan(6)));

        // A worker forwards by the device as soon as it has it, which can be before the control thread has said so.
        const string Back = "port wan: its device eth1 is back";
        LiveRig.Until(() => rig.Lines.Contains(Back), () => "the return of the device is not reported");
        Assert.Equal(
            ["port wan: its device eth1 is gone; it is taken again when it returns", Back],
            rig.Lines.Where(line => !line.StartsWith("running: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Many_vanishings_leave_nothing_open()
    {
        int times = TestSize.Of(person: 30, server: 100, soak: 1000);
        using var rig = new LiveRig();
        for (int i = 0; i < times; i++)
        {
            rig.Lan.Arrive(LiveRig.Frame(i));
            rig.Devices.Remove("eth1");
            LiveRig.Until(() => rig.Wan.Open == 0, () => $"{i}: the device stays open");
            rig.Devices.Add(rig.Wan);
            LiveRig.Until(() => rig.Wan.Open == 1, () => $"{i}: the device is not taken");
        }

        Assert.Equal(times + 1, rig.Wan.OpenedInAll);
        Assert.Equal(1, rig.Lan.OpenedInAll);
        Assert.True(rig.Lines.Count < 40, "What repeats is told a few times.");
    }

    [Fact]
    public void A_device_that_cannot_be_had_leaves_nothing_open()
    {
        var lan = new TestDevice("eth0", 1);
        var refused = new TestDevice("eth1", 2) { Refusal = "eth1 is busy" };
        var fault = Assert.Throws<PortFault>(() => new RunningAppliance(
            LiveRig.ModelOf(LiveRig.Ports),
            new Surroundings
            {
                Ports = new TestDevices(lan, refused),
                Notices = new TestNotices(),
                Log = new OperatorLog(_ => { }, () => default),
                NewSleep = () => new TestSleep(),
                Secret = 1,
            }));
        Assert.Equal(["port wan: eth1 is busy"], fault.Lines);
        Assert.Equal((1, 0), (lan.OpenedInAll, lan.Open));
    }

    [Fact]
    public void What_is_inside_leaves_before_the_end_and_devices_are_given_back()
    {
        var rig = new LiveRig();
        for (int i = 0; i < 100; i++) rig.Lan.Arrive(LiveRig.Frame(i), i % 2);
        LiveRig.Until(() => rig.Appliance.Node.ReadAccounts().Received == 100, () => "the frames do not arrive");
        rig.Dispose();
        Assert.Equal(100, rig.Wan.Sent.Length);
        Assert.Equal((0, 0), (rig.Lan.Open, rig.Wan.Open));
        Assert.Equal(["ready", "stopping"], rig.Notices.Told);
    }

    [Fact]
    public async Task Questions_are_answered_and_states_read_by_the_control_thread()
    {
        using var rig = new LiveRig();
        Assert.Equal("appliance", await rig.Appliance.Ask(node => node.Configuration.Name));
        await Assert.ThrowsAsync<FormatException>(() => rig.Appliance.Ask<int>(_ => throw new FormatException()));
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        StateReading states = await rig.Appliance.Ask(node =>
        {
            StateReading reading = node.ReadStates();
            reading.Ended = ended.SetResult;
            return reading;
        });
        await ended.Task;
        Assert.True(states.IsDone);
    }

    [Fact]
    public async Task A_worker_that_stops_breathing_is_reported_and_stops_the_watchdogs_pings()
    {
        var notices = new TestNotices { WatchdogNanoseconds = 3_000_000 };
        using var rig = new LiveRig(notices: notices);
        LiveRig.Until(() => notices.Pings > 2, () => "no pings");
        using var held = new Holding();
        Assert.True(rig.Appliance.Node.Workers[1].TryPost(held));
        LiveRig.Until(() => rig.Lines.Contains("vcpu 1: no breath for a second, it is stuck"), () => "the stuck worker is not reported");
        int pings = notices.Pings;
        await rig.Appliance.Ask(_ => 0);
        await rig.Appliance.Ask(_ => 0);
        Assert.Equal(pings, notices.Pings);
        held.Release();
        LiveRig.Until(() => rig.Lines.Contains("vcpu 1: breathes again") && notices.Pings > pings, () => "no pings behind the trouble");
    }

    [Fact]
    public async Task Whoever_asks_at_the_end_or_behind_it_is_answered_or_told_so()
    {
        var rig = new LiveRig();
        CancellationToken cancel = TestContext.Current.CancellationToken;
        Task[] asking = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (await rig.Appliance.Ask(_ => true))
            {
            }
        }, cancel))];
        rig.Dispose();
        foreach (Task asked in asking.Append(rig.Appliance.Ask(_ => true)))
        {
            var refusal = await Assert.ThrowsAsync<ControlEndedException>(() => asked.WaitAsync(TimeSpan.FromMinutes(1), cancel));
            Assert.Equal("the appliance ends", refusal.Message);
        }
    }

    private sealed class Holding : IWorkerMail, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();

        public void Deliver(Worker worker) => _released.Wait();

        public void Release() => _released.Set();

        public void Dispose()
        {
            _released.Set();
            _released.Dispose();
        }
    }
}
