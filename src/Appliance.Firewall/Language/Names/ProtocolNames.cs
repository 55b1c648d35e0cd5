using System.Globalization;
using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <summary>FreeBSD's names of IP protocols.</summary>
public static class ProtocolNames
{
    private static readonly Dictionary<string, IpProtocol> Numbers = new(StringComparer.Ordinal);
    private static readonly Dictionary<IpProtocol, string> Names = [];

    static ProtocolNames()
    {
        foreach (string[] words in NameList.Read("protocols.txt"))
        {
            var number = (IpProtocol)byte.Parse(words[0], CultureInfo.InvariantCulture);
            Names.TryAdd(number, words[1]);
            foreach (string name in words.AsSpan(1))
                Numbers.TryAdd(name, number);
        }
    }

    public static bool TryGetNumber(string name, out IpProtocol protocol) => Numbers.TryGetValue(name, out protocol);

    /// <summary>The name, or the number where there is none.</summary>
    public static string NameOf(IpProtocol protocol) =>
        Names.TryGetValue(protocol, out string? name) ? name : ((byte)protocol).ToString(CultureInfo.InvariantCulture);
}
