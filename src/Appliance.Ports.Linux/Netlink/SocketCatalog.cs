using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>
/// The sockets of this network namespace, as the kernel tells of them (sock_diag(7)): it looks at those that listen alone. A kernel without
/// that is read as files (proc(5)), where it goes through all that there could be. From one thread at a time.
/// </summary>
public sealed class SocketCatalog : IDisposable
{
    private const string Subject = "host";
    private const ushort ByFamily = 20;                                 // SOCK_DIAG_BY_FAMILY
    private const byte Tcp = 6, Udp = 17;
    private const int Listening = 10, Unconnected = 7;                  // TCP_LISTEN; TCP_CLOSE, as a socket of UDP that is not connected
    private const int SourcePortAt = 4;                                 // in struct inet_diag_msg
    private const string Folder = "/proc/thread-self/net";
    private const int PortDigits = 4;

    private readonly NetlinkSocket _netlink = new(NetlinkSocket.SocketDiagnosis, 0, Subject);
    private bool _hasDiagnosis = true;

    public ListeningPorts Listeners()
    {
        HashSet<ushort> tcp = [], udp = [];
        foreach ((byte family, string suffix) in ((byte, string)[])[(RoutingCalls.Ipv4Family, ""), (RoutingCalls.Ipv6Family, "6")])
        {
            Add(tcp, family, Tcp, Listening, "tcp" + suffix);
            Add(udp, family, Udp, Unconnected, "udp" + suffix);
        }

        return new ListeningPorts(tcp, udp);
    }

    public void Dispose() => _netlink.Dispose();

    /// <summary>struct inet_diag_req_v2; of no single socket.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 56)]
    private struct Question
    {
        public byte Family;
        public byte Protocol;
        public byte Extensions;
        public byte Padding;
        public uint States;
    }

    private void Add(HashSet<ushort> ports, byte family, byte protocol, int state, string table)
    {
        if (_hasDiagnosis)
        {
            try
            {
                Ask(ports, family, protocol, state);
                return;
            }
            catch (SystemCallException)
            {
                _hasDiagnosis = false;                                  // the kernel was built without it
            }
        }

        Read(ports, Path.Combine(Folder, table), state);
    }

    private void Ask(HashSet<ushort> ports, byte family, byte protocol, int state)
    {
        var request = new NetlinkMessage();
        request.Begin(ByFamily, NetlinkMessage.Dump, new Question { Family = family, Protocol = protocol, States = 1u << state });
        request.End();
        _netlink.Dump(request, "SOCK_DIAG_BY_FAMILY", (type, _, body) =>
        {
            if (type == ByFamily && body.Length >= SourcePortAt + sizeof(ushort))
                ports.Add(BinaryPrimitives.ReadUInt16BigEndian(body[SourcePortAt..]));
        });
    }

    /// <summary>sl, local_address (hexadecimal, with its port), rem_address, st, …: a line for each socket.</summary>
    private static void Read(HashSet<ushort> ports, string file, int state)
    {
        string wanted = state.ToString("X2", CultureInfo.InvariantCulture);
        foreach (string line in File.Exists(file) ? File.ReadLines(file).Skip(1) : [])
        {
            string[] words = line.Split(' ', 5, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 4 || words[1].Length <= PortDigits || words[3] != wanted) continue;
            ReadOnlySpan<char> digits = words[1].AsSpan(words[1].Length - PortDigits);
            if (ushort.TryParse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ushort port)) ports.Add(port);
        }
    }
}
