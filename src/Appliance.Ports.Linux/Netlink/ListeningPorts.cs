using System.Globalization;

namespace Appliance.Ports.Linux;

/// <summary>The ports at which programs of this network namespace listen, as the kernel lists its sockets (proc(5): net of this thread).</summary>
/// <param name="Tcp">Of sockets that listen, of both families.</param>
/// <param name="Udp">Of sockets that take datagrams from anybody.</param>
public sealed record ListeningPorts(IReadOnlyCollection<ushort> Tcp, IReadOnlyCollection<ushort> Udp)
{
    private const string Folder = "/proc/thread-self/net";
    private const string Listening = "0A", Unconnected = "07";          // TCP_LISTEN; TCP_CLOSE, as a socket of UDP that is not connected
    private const int PortDigits = 4;

    public static ListeningPorts Read()
    {
        HashSet<ushort> tcp = [], udp = [];
        foreach (string family in (string[])["", "6"])
        {
            // Listening sockets come first, so a host with many connections is not read to its end.
            AddTo(tcp, LinesOf("tcp" + family).Select(Parse).TakeWhile(socket => socket.State == Listening));
            AddTo(udp, LinesOf("udp" + family).Select(Parse).Where(socket => socket.State == Unconnected));
        }

        return new ListeningPorts(tcp, udp);
    }

    private static void AddTo(HashSet<ushort> ports, IEnumerable<(ushort Port, string State)> sockets)
    {
        foreach ((ushort port, _) in sockets) ports.Add(port);
    }

    /// <summary>None where the kernel has no such family.</summary>
    private static IEnumerable<string> LinesOf(string table)
    {
        string file = Path.Combine(Folder, table);
        return File.Exists(file) ? File.ReadLines(file).Skip(1) : [];
    }

    /// <summary>sl, local_address (hexadecimal, with its port), rem_address, st, …</summary>
    private static (ushort Port, string State) Parse(string line)
    {
        string[] words = line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries);
        bool isLine = words.Length > 3 && words[1].Length > PortDigits;
        return isLine && ushort.TryParse(
            words[1].AsSpan(words[1].Length - PortDigits), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ushort port)
            ? (port, words[3])
            : (default, "");
    }
}
