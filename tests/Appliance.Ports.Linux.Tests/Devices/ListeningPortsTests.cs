using System.Net;
using System.Net.Sockets;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

/// <summary>Which ports of the host are somebody's.</summary>
public sealed class ListeningPortsTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void A_socket_that_listens_is_seen_as_long_as_it_does(string address)
    {
        var at = new IPEndPoint(IPAddress.Parse(address), 0);
        Assert.SkipUnless(at.AddressFamily == AddressFamily.InterNetwork || Socket.OSSupportsIPv6, "there is no IPv6 here");
        ushort tcp, udp;
        using (var listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp))
        using (var receiver = new Socket(at.AddressFamily, SocketType.Dgram, ProtocolType.Udp))
        {
            listener.Bind(at);
            listener.Listen();
            receiver.Bind(at);
            (tcp, udp) = (PortOf(listener), PortOf(receiver));
            ListeningPorts now = ListeningPorts.Read();
            Assert.Contains(tcp, now.Tcp);
            Assert.Contains(udp, now.Udp);
        }

        ListeningPorts later = ListeningPorts.Read();
        Assert.DoesNotContain(tcp, later.Tcp);
        Assert.DoesNotContain(udp, later.Udp);
    }

    [Fact]
    public void A_connection_takes_no_port_from_anybody()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        Assert.DoesNotContain(PortOf(client), ListeningPorts.Read().Tcp);
    }

    private static ushort PortOf(Socket socket) => (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
}
