using System.Globalization;

namespace Appliance.Firewall.Language;

/// <summary>FreeBSD's names of TCP and UDP ports. The first line of the list wins, as with <c>getservbyport(3)</c>.</summary>
public static class ServiceNames
{
    private static readonly Dictionary<string, ushort> TcpPorts = new(StringComparer.Ordinal);
    private static readonly Dictionary<string, ushort> UdpPorts = new(StringComparer.Ordinal);
    private static readonly Dictionary<ushort, string> TcpNames = [];
    private static readonly Dictionary<ushort, string> UdpNames = [];

    static ServiceNames()
    {
        foreach (string[] words in NameList.Read("services.txt"))
        {
            ushort port = ushort.Parse(words[0], CultureInfo.InvariantCulture);
            foreach (string protocol in words[1].Split('/'))
            {
                (protocol == "tcp" ? TcpNames : UdpNames).TryAdd(port, words[2]);
                foreach (string name in words.AsSpan(2))
                    (protocol == "tcp" ? TcpPorts : UdpPorts).TryAdd(name, port);
            }
        }
    }

    /// <summary>The port of a service: TCP's if TCP has one of that name, else UDP's.</summary>
    public static bool TryGetPort(string name, out ushort port) =>
        TcpPorts.TryGetValue(name, out port) || UdpPorts.TryGetValue(name, out port);

    public static bool TryGetName(ushort port, bool isTcp, out string name) =>
        (isTcp ? TcpNames : UdpNames).TryGetValue(port, out name!);
}
