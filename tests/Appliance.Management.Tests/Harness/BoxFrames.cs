using Appliance.Testing;
using Appliance.Wire.Transport;

namespace Appliance.Management.Tests;

/// <summary>Frames that go through a <see cref="LiveBox"/>.</summary>
internal static class BoxFrames
{
    public const string Inside = "192.168.1.10", Outside = "198.51.100.7", Bad = "198.51.100.66";

    public static byte[] Syn(int port, string source = Inside, string destination = Outside) =>
        Tcp(source, port, destination, 443, TcpFlags.Syn);

    /// <summary>The first of a connection of its own, for each of some hundred thousand numbers.</summary>
    public static byte[] Flow(int number) =>
        Syn(1024 + (number % 60_000), $"192.168.1.{10 + (number / 60_000)}", $"198.51.{100 + (number % 7)}.{1 + (number % 50)}");

    public static byte[] Tcp(string source, int sourcePort, string destination, int destinationPort, TcpFlags flags) => TestFrames.Ipv4(
        source, destination, TestTransport.Tcp((ushort)sourcePort, (ushort)destinationPort, flags));

    public static byte[] Udp(string source, int sourcePort, string destination, int destinationPort) => TestFrames.Ipv4(
        source, destination, TestTransport.Udp((ushort)sourcePort, (ushort)destinationPort, 20));
}
