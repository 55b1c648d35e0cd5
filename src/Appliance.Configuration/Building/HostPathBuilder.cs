using System.Security.Cryptography;
using System.Text;
using Appliance.Configuration.Asked;

namespace Appliance.Configuration.Building;

/// <summary>
/// Whether the host has an end of a port, and what that is called. A device of the host that becomes a port leaves the host an end, unless
/// that is not wanted; what plugs in at a TAP is mostly the host itself, which needs no second one.
/// </summary>
/// <param name="asked">Names that ports ask for: nobody gets one of them unasked.</param>
/// <param name="devices">The ports' devices, each with its port's name.</param>
/// <param name="errors">Takes what cannot be.</param>
internal sealed class HostPathBuilder(IReadOnlySet<string> asked, IReadOnlyDictionary<string, string> devices, ErrorList errors)
{
    private const string Prefix = "host-";
    private const int MaximumNameLength = 15;                         // IFNAMSIZ without its terminator
    private const int DigestBytes = 2;                                // two digits each

    private readonly Dictionary<string, string> _ports = new(StringComparer.Ordinal);      // by device

    public HostPathModel? Build(PortConfig config, PortModel port)
    {
        Positioned<string>? wanted = config.HostPath;
        bool learns = port.LearnsV4 || port.LearnsV6;
        if (wanted is { Value: "off" } off)
        {
            if (learns) errors.Add(off.Position, $"host-path: {WhyNeeded(port)}; expected on, or the name of the host's interface");
            return null;
        }

        bool isByDefault = port.Backend is not (PortBackend.Pcap or PortBackend.Tap);
        if (port.Backend == PortBackend.Pcap || (wanted is null && !learns && !isByDefault)) return null;
        string device = wanted is { Value: not "on" } named ? named.Value : NameFor(port);
        TextPosition position = wanted?.Position ?? config.Name.Position;
        if (devices.TryGetValue(device, out string? holder))
            errors.Add(position, $"host-path: {device} is the device of the port '{holder}'; expected another name");
        else if (!_ports.TryAdd(device, port.Name))
        {
            errors.Add(position,
                $"host-path: {device} is the host's interface of the port '{_ports[device]}' already; expected another name");
        }

        return new HostPathModel(device, IsAsked: wanted is not null || learns);
    }

    /// <summary>
    /// As much of the port's name as an interface's has room for; where that is another's already, less, and a digest of all.
    /// </summary>
    private string NameFor(PortModel port)
    {
        string name = Prefix + port.Name;
        if (name.Length > MaximumNameLength) name = name[..MaximumNameLength];
        if (!_ports.ContainsKey(name) && !asked.Contains(name) && !devices.ContainsKey(name)) return name;
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(port.Name)).AsSpan(0, DigestBytes));
        return name[..Math.Min(name.Length, MaximumNameLength - digest.Length)] + digest;
    }

    private static string WhyNeeded(PortModel port) => port.TakesOver
        ? "what is taken over needs a place to move to"
        : "addresses are learned from the host's interface";
}
