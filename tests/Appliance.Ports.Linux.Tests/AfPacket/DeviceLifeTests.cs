using Appliance.Engine;
using Appliance.Testing;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

public sealed class DeviceLifeTests : IDisposable
{
    private const int MostTries = 100;                  // for up to a second the kernel swallows what leaves by a link that came up

    private readonly NetworkNamespace _namespace = new();

    public DeviceLifeTests() => _namespace.AddPair("near", "far");

    public void Dispose() => _namespace.Dispose();

    [Fact]
    public void A_device_that_vanishes_leaves_a_silent_port_that_throws_nothing() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options()));
        using var wakeup = new Wakeup();
        wakeup.Watch(port.Queue.WakeupDescriptor);
        Assert.Equal(LinkState.Up, port.Port.Link);
        _namespace.Ip("link", "delete", "near");
        Assert.Equal(LinkState.Down, port.Port.Link);
        Assert.True(((AfPacketPort)port.Port).IsGone);
        Assert.Equal(1500, port.Port.MtuBytes);

        Frame frame = port.Make(PlainFrameTests.Udp(10));
        Assert.Equal(0, port.Queue.Transmit([frame]));
        Assert.Equal(0, port.Queue.Receive(new FrameBatch()));
        port.Pool.Return(frame);
        for (int i = 0; i < 5; i++) wakeup.Sleep(1_000_000);
        Assert.Equal(0, wakeup.Sleep(1_000_000));           // it does not keep anybody awake

        _namespace.AddPair("near", "far");                  // its successor is another
        Assert.Equal(LinkState.Down, port.Port.Link);
        using var next = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options()));
        using var peer = new RawPeer("far");
        peer.Send(PlainFrameTests.Udp(11));
        Assert.Equal(PlainFrameTests.Udp(11), next.ReceiveOne());
        Assert.Null(port.ReceiveOne(milliseconds: 1));
    });

    [Fact]
    public void A_link_that_goes_down_and_up_goes_on() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options()));
        _namespace.Ip("link", "set", "near", "down");
        Assert.Equal(LinkState.Down, port.Port.Link);
        Frame frame = port.Make(PlainFrameTests.Udp(10));
        Assert.Equal(0, port.Queue.Transmit([frame]));
        _namespace.Ip("link", "set", "near", "up");
        using var peer = new RawPeer("far");
        byte[]? received = null, sent = null;
        for (int i = 0; i < MostTries && received is null; i++)
        {
            port.Send(i == 0 ? frame : port.Make(PlainFrameTests.Udp(10)));
            received = peer.Receive(milliseconds: 100);
        }

        Assert.Equal(PlainFrameTests.Udp(10), received);
        for (int i = 0; i < MostTries && sent is null; i++)
        {
            peer.Send(PlainFrameTests.Udp(12));
            sent = port.ReceiveOne(milliseconds: 100);
        }

        Assert.Equal(PlainFrameTests.Udp(12), sent);
        Assert.Equal((LinkState.Up, false), (port.Port.Link, ((AfPacketPort)port.Port).IsGone));
    });

    [Fact]
    public void A_link_that_flaps_still_wakes_who_sleeps_on_it() => _namespace.Run(() =>
    {
        using var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options()));
        using var peer = new RawPeer("far");
        using var wakeup = new Wakeup();
        wakeup.Watch(port.Queue.WakeupDescriptor);
        for (int i = 0; i < 8; i++)
        {
            _namespace.Ip("link", "set", "near", "down");
            wakeup.Sleep(10_000_000);
            _namespace.Ip("link", "set", "near", "up");
        }

        for (int i = 0; i < MostTries && !wakeup.IsReady(port.Queue.WakeupDescriptor); i++)
        {
            peer.Send(PlainFrameTests.Udp(12));
            wakeup.Sleep(100_000_000);
        }

        Assert.True(wakeup.IsReady(port.Queue.WakeupDescriptor));
    });

    [Fact]
    public void Ports_that_come_and_go_leave_no_descriptor_and_no_mapping() => _namespace.Run(() =>
    {
        using var pool = new FramePool(0, new FramePoolSize(16, 0, 0));
        (int Descriptors, int Mappings) before = default;
        for (int i = 0; i < TestSize.Of(person: 20, server: 100, soak: 1000); i++)
        {
            using (AfPacketPort port = AfPacketPort.Open(PlainFrameTests.Options() with { Queues = 2, ReceiveSlots = 16 }))
            using (ControlSocket.Open("near", ControlTraffic.Default, "lan"))
            using (TapPort tap = TapPort.Open(new TapOptions { Id = port.Id, Name = "vm", Device = "tap0", Queues = 2 }))
                port.OpenQueue(1, pool);
            if (i == 3) before = Held();
        }

        (int descriptors, int mappings) = Held();
        Assert.InRange(descriptors, 0, before.Descriptors);
        Assert.InRange(mappings, 0, before.Mappings);
    });

    /// <summary>It goes between the look for it and the bind, as in a row of devices that come and go.</summary>
    [Fact]
    public void A_device_that_is_gone_when_it_is_bound_leaves_no_descriptor_and_no_mapping() => _namespace.Run(() =>
    {
        const int Gone = int.MaxValue;
        (int Descriptors, int Mappings) before = Held();
        for (int i = 0; i < 5; i++)
        {
            SystemCallException failure = Assert.Throws<SystemCallException>(
                () => AfPacketPort.OpenSocket(PlainFrameTests.Options() with { ReceiveSlots = 16 }, Gone, mtuBytes: 1500, index: 0));
            Assert.Equal("bind", failure.Call);
        }

        (int descriptors, int mappings) = Held();
        Assert.InRange(descriptors, 0, before.Descriptors);
        Assert.InRange(mappings, 0, before.Mappings);
    });

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]                              // the control run: the kernel greets a link that comes up
    public void A_device_that_is_down_is_brought_up_in_silence(bool isSealed, int atLeast) => _namespace.Run(() =>
    {
        _namespace.Exec("/usr/sbin/sysctl", "-qw", "net.ipv6.conf.near.disable_ipv6=0");
        _namespace.Ip("link", "set", "near", "down");
        using var peer = new RawPeer("far");
        while (peer.Receive(milliseconds: 1) is not null) continue;
        using AfPacketPort port = AfPacketPort.Open(PlainFrameTests.Options() with { SealsDevice = isSealed });
        int greetings = 0;
        while (greetings < 3 && peer.Receive(milliseconds: 1500) is not null) greetings++;
        Assert.InRange(greetings, atLeast, isSealed ? 0 : 3);
        Assert.Equal(LinkState.Up, port.Link);
        Assert.False(port.IsGone);
    });

    [Fact]
    public void A_cable_that_is_pulled_is_told() => _namespace.Run(() =>
    {
        using AfPacketPort port = AfPacketPort.Open(PlainFrameTests.Options());
        _namespace.Ip("link", "set", "far", "down");
        Assert.Equal((LinkState.Down, false), (port.Link, port.IsGone));
    });

    [Fact]
    public void A_device_that_is_not_there_is_refused_with_call_errno_and_port() => _namespace.Run(() =>
    {
        SystemCallException failure = Assert.Throws<SystemCallException>(() => AfPacketPort.Open(PlainFrameTests.Options("nowhere")));
        Assert.Equal(("SIOCGIFINDEX of nowhere", 19, "lan"), (failure.Call, failure.Errno, failure.Subject));
        Assert.Contains("errno 19", failure.Message, StringComparison.Ordinal);
    });

    /// <summary>Descriptors of sockets, TAPs and programs, and rings, that this process has open.</summary>
    private static (int Descriptors, int Mappings) Held()
    {
        string[] kinds = ["socket:", "/dev/net/tun", "bpf", "eventfd"];
        int descriptors = new DirectoryInfo("/proc/self/fd").GetFiles()
            .Count(file => kinds.Any(kind => file.LinkTarget?.Contains(kind, StringComparison.Ordinal) == true));
        return (descriptors, File.ReadLines("/proc/self/maps").Count(line => line.Contains("socket:", StringComparison.Ordinal)));
    }
}
