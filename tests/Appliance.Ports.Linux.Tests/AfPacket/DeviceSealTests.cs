using System.Diagnostics;
using Appliance.Testing;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

/// <summary>While the appliance has a device the kernel has not, and however the appliance ends, nothing of it stays.</summary>
public sealed class DeviceSealTests : IDisposable
{
    private readonly NetworkNamespace _namespace = new();
    private readonly NetworkNamespace _other = new();

    public DeviceSealTests()
    {
        _namespace.AddPair("near", "far", farSide: _other);
        _namespace.Ip("address", "add", "192.0.2.1/24", "dev", "near");
        _other.Ip("address", "add", "192.0.2.2/24", "dev", "far");
    }

    public void Dispose()
    {
        _namespace.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]                                  // as on a kernel before 6.6
    public void The_kernel_neither_hears_nor_speaks_while_the_port_is_open(bool isOld) => _namespace.Run(() =>
    {
        Assert.True(Answers());                         // the control run: this is what is to be shut
        _other.Run(() =>
        {
            using var peer = new RawPeer("far");
            _namespace.Run(SendByKernel);
            Assert.NotNull(peer.Receive());
        });
        using (DeviceSeal? seal = isOld ? DeviceSeal.CloseByNftables("near", "lan") : null)
        using (var port = new OpenedPort(AfPacketPort.Open(PlainFrameTests.Options() with { SealsDevice = !isOld })))
        {
            Assert.True(seal?.IsEgressShut ?? true);
            Assert.Equal(isOld, Rules().Contains("hook egress device \"near\"", StringComparison.Ordinal));
            Assert.False(Answers());
            _other.Run(() =>
            {
                using var peer = new RawPeer("far");
                _namespace.Run(SendByKernel);
                Assert.Null(peer.Receive(milliseconds: 50));
                port.Send(port.Make(PlainFrameTests.Udp(9)));
                Assert.Equal(PlainFrameTests.Udp(9), peer.Receive());
                port.Receive(int.MaxValue, (_, _) => { }, milliseconds: 1);     // what ping sent
                peer.Send(PlainFrameTests.Udp(10));
            });
            Assert.Equal(PlainFrameTests.Udp(10), port.ReceiveOne());
        }

        Assert.True(Answers());
        Assert.Empty(Rules());
    });

    [Fact]
    public void Nobody_else_can_change_a_table_of_ours() => _namespace.Run(() =>
    {
        using DeviceSeal seal = DeviceSeal.CloseByNftables("near", "lan");
        _namespace.Exec("/usr/sbin/nft", "flush", "ruleset");
        Assert.False(Answers());
    });

    [Fact]
    public void A_killed_process_leaves_nothing_behind_and_the_next_start_works_at_once() => _namespace.Run(() =>
    {
        for (int round = 0; round < TestSize.Of(person: 1, server: 3, soak: 100); round++)
        {
            using Process victim = StartVictim();
            while (victim.StandardOutput.ReadLine() is { } line && line != "open") Assert.DoesNotContain("[FAIL]", line);
            Assert.Contains("promiscuity 2 ", _namespace.Ip("-d", "link", "show", "near"), StringComparison.Ordinal);
            Assert.Contains("tap0", _namespace.Ip("link", "show"), StringComparison.Ordinal);
            Assert.NotEmpty(Rules());
            Assert.False(Answers());
            victim.Kill();                              // SIGKILL
            victim.WaitForExit();
            Assert.Contains("promiscuity 0 ", _namespace.Ip("-d", "link", "show", "near"), StringComparison.Ordinal);
            Assert.DoesNotContain("tap0", _namespace.Ip("link", "show"), StringComparison.Ordinal);
            Assert.Empty(Rules());
            using AfPacketPort next = AfPacketPort.Open(PlainFrameTests.Options() with { Queues = 2 });
            using TapPort tap = TapPort.Open(new TapOptions { Id = next.Id, Name = "vm", Device = "tap0" });
            Assert.False(Answers());
        }

        Assert.True(Answers());
    });

    private bool Answers()
    {
        ProcessStartInfo start = new(NetworkNamespace.IpProgram,
            ["netns", "exec", _other.Name, "/usr/bin/ping", "-c", "1", "-W", "1", "-q", "192.0.2.1"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        Assert.SkipUnless(File.Exists("/usr/bin/ping"), "ping is not installed");
        _other.Ip("neighbour", "flush", "all");         // it asks anew, and does not go on waiting
        using Process ping = Process.Start(start)!;
        ping.StandardOutput.ReadToEnd();
        ping.WaitForExit();
        return ping.ExitCode == 0;
    }

    private string Rules() => _namespace.Exec("/usr/sbin/nft", "list", "ruleset").Trim();

    private static void SendByKernel()
    {
        using var socket = new System.Net.Sockets.UdpClient(System.Net.Sockets.AddressFamily.InterNetwork);
        socket.EnableBroadcast = true;
        for (int i = 0; i < 3; i++) socket.Send([1], 1, "192.0.2.255", 9);
    }

    private Process StartVictim()
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(NetworkNamespace.IpProgram,
            ["netns", "exec", _namespace.Name, program, "-noColor", "-method", $"*{nameof(VictimTests.Victim_waits_to_be_killed)}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment[VictimTests.DeviceVariable] = "near";
        return Process.Start(start)!;
    }
}
