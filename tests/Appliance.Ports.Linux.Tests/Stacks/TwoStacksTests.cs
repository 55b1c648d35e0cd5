using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Appliance.Engine;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

/// <summary>
/// Two real stacks talk across two ports that are joined by nothing but their queues: what the kernel leaves undone on one side it finishes
/// on the other. The kernels count what they find wrong.
/// </summary>
public sealed class TwoStacksTests : IDisposable
{
    private const int Bytes = 30_000_000;

    private readonly NetworkNamespace _left = new();
    private readonly NetworkNamespace _middle = new();
    private readonly NetworkNamespace _right = new();

    public void Dispose()
    {
        _left.Dispose();
        _middle.Dispose();
        _right.Dispose();
    }

    [Theory]
    [InlineData(false, true, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    [InlineData(true, true, true)]
    [InlineData(true, false, true)]
    public void Everything_arrives_whole(bool isTap, bool hasLeftOffloads, bool hasRightOffloads)
    {
        _middle.AddPair("one", "left", farSide: _left);
        if (!isTap) _middle.AddPair("two", "right", farSide: _right);
        _middle.Run(() =>
        {
            using var one = new OpenedPort(AfPacketPort.Open(Options("one")));
            using var two = new OpenedPort(isTap
                ? TapPort.Open(new TapOptions { Id = new PortId(1), Name = "two", Device = "right", Control = new([], []) })
                : AfPacketPort.Open(Options("two")));
            if (isTap) _middle.Ip("link", "set", "right", "netns", _right.Name);
            Configure(_left, "left", 1, hasLeftOffloads);
            Configure(_right, "right", 2, hasRightOffloads);
            using var stop = new CancellationTokenSource();
            long largest = 0;
            var forwarding = new Thread(() => largest = Forward(one, two, stop.Token));
            forwarding.Start();
            try
            {
                _left.Exec("/usr/bin/ping", "-c", "3", "-q", "-s", "65000", "192.0.2.2");
                Transfer(IPAddress.Parse("192.0.2.2"));
                Transfer(IPAddress.Parse("2001:db8::2"));
            }
            finally
            {
                stop.Cancel();
                forwarding.Join();
            }

            if (hasLeftOffloads) Assert.InRange(largest, 30_000, FramePool.MaxFrameBytes);      // large frames were what passed
            foreach (NetworkNamespace side in (NetworkNamespace[])[_left, _right])
            {
                string counters = side.Exec("/usr/bin/nstat", "-az");
                Assert.Contains("TcpInCsumErrors", counters, StringComparison.Ordinal);
                Assert.DoesNotMatch("CsumErrors +[1-9]", counters);
            }

            Assert.Equal(default, ((AfPacketPort)one.Port).Losses);
        });
    }

    private static AfPacketOptions Options(string device) =>
        new() { Id = new PortId(0), Name = device, Device = device, Control = new([], []) };

    private static void Configure(NetworkNamespace side, string device, int host, bool hasOffloads)
    {
        side.Exec("/usr/sbin/sysctl", "-qw", $"net.ipv6.conf.{device}.disable_ipv6=0", $"net.ipv6.conf.{device}.accept_dad=0");
        side.Ip("link", "set", device, "address", $"02:00:00:00:00:0{host}", "up");
        side.Ip("address", "add", $"192.0.2.{host}/24", "dev", device);
        side.Ip("address", "add", $"2001:db8::{host}/64", "dev", device, "nodad");
        int other = 3 - host;                           // neighbour discovery has no way across
        side.Ip("neighbour", "replace", $"2001:db8::{other}", "lladdr", $"02:00:00:00:00:0{other}", "dev", device);
        if (!hasOffloads) side.Exec("/usr/sbin/ethtool", "-K", device, "tx", "off", "tso", "off", "gso", "off", "gro", "off");
    }

    /// <summary>A transfer and its answer, both by their digest.</summary>
    private void Transfer(IPAddress to)
    {
        byte[] data = RandomNumberGenerator.GetBytes(Bytes);
        byte[]? answer = null;
        using var isListening = new ManualResetEventSlim();
        var server = new Thread(() => _right.Run(() =>
        {
            using var listener = new TcpListener(to, 5000);
            listener.Start();
            isListening.Set();
            using TcpClient client = listener.AcceptTcpClient();
            using NetworkStream stream = client.GetStream();
            var received = new byte[Bytes];
            stream.ReadExactly(received);
            stream.Write(received);
        })) { IsBackground = true };
        server.Start();
        isListening.Wait(TestContext.Current.CancellationToken);
        _left.Run(() =>
        {
            using var client = new TcpClient(to.AddressFamily) { ReceiveTimeout = 60_000, SendTimeout = 60_000 };
            client.Connect(to, 5000);
            using NetworkStream stream = client.GetStream();
            stream.Write(data);
            answer = new byte[Bytes];
            stream.ReadExactly(answer);
        });
        server.Join();
        Assert.Equal(SHA256.HashData(data), SHA256.HashData(answer!));
    }

    /// <summary>Answers the bytes of the largest frame.</summary>
    private static long Forward(OpenedPort one, OpenedPort two, CancellationToken stop)
    {
        using var wakeup = new Wakeup();
        wakeup.Watch(one.Queue.WakeupDescriptor);
        wakeup.Watch(two.Queue.WakeupDescriptor);
        var batch = new FrameBatch();
        long largest = 0;
        while (!stop.IsCancellationRequested)
        {
            int moved = Move(one, two, batch, ref largest) + Move(two, one, batch, ref largest);
            if (moved == 0) wakeup.Sleep(10_000_000);
        }

        return largest;
    }

    private static int Move(OpenedPort from, OpenedPort to, FrameBatch batch, ref long largest)
    {
        int count = from.Queue.Receive(batch);
        foreach (Frame frame in batch.Frames)
        {
            largest = Math.Max(largest, frame.Length);
            if (frame.Info.Checksum == ChecksumState.Partial || frame.Info.SegmentSize != 0) OpenedPort.Parse(frame);
        }

        int sent = 0;
        for (int tries = 0; sent < count && tries < 1000; tries++) sent += to.Queue.Transmit(batch.Frames[sent..]);
        foreach (Frame frame in batch.Frames[sent..]) from.Pool.Return(frame);
        batch.Clear();
        to.Queue.Kick();
        while (to.Queue.Reclaim(batch) > 0)
        {
            foreach (Frame frame in batch.Frames) from.Pool.Return(frame);
            batch.Clear();
        }

        return count;
    }
}
