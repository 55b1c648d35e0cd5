using Appliance.Engine;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

public sealed class DeviceLifeTests : IDisposable
{
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
        port.Send(frame);
        Assert.Equal(PlainFrameTests.Udp(10), peer.Receive());
        peer.Send(PlainFrameTests.Udp(12));
        Assert.Equal(PlainFrameTests.Udp(12), port.ReceiveOne());
        Assert.Equal((LinkState.Up, false), (port.Port.Link, ((AfPacketPort)port.Port).IsGone));
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
}
