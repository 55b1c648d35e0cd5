using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

public sealed class SystemdNotifyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_state_is_a_datagram_in_the_managers_words(bool isAbstract)
    {
        string name = isAbstract ? $"@ports-test-{Environment.ProcessId}" : Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? $"\0{name[1..]}" : name));
        manager.ReceiveTimeout = 5000;
        using (var notify = new SystemdNotify(name, "1500000"))
        {
            Assert.Equal(TimeSpan.FromSeconds(1.5), notify.WatchdogPeriod);
            notify.Status("forwarding\nby 2 ports");
            notify.Ready();
            notify.Reloading(12345);
            notify.Alive();
            notify.Stopping();
        }

        string[] expected = ["STATUS=forwarding by 2 ports", "READY=1", "RELOADING=1\nMONOTONIC_USEC=12345", "WATCHDOG=1", "STOPPING=1"];
        foreach (string state in expected) Assert.Equal(state, Receive(manager));
        if (!isAbstract) File.Delete(name);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vsock:2:1234")]
    [InlineData("/nowhere/at/all")]
    public void Without_a_manager_nothing_happens(string? path)
    {
        using var notify = new SystemdNotify(path, "x");
        Assert.Null(notify.WatchdogPeriod);
        notify.Ready();
        notify.Alive();
    }

    private static string Receive(Socket socket)
    {
        var buffer = new byte[256];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
