using Appliance.Configuration.Asked;

namespace Appliance.Configuration.Building;

/// <summary>
/// Whether the host has an end of a port, and what that is called. A device of the host that becomes a port leaves the host an end, unless
/// that is not wanted; what plugs in at a TAP is mostly the host itself, which needs no second one.
/// </summary>
internal sealed class HostPathBuilder(ErrorList errors)
{
    private const string Prefix = "host-";
    private const int MaximumNameLength = 15;                         // IFNAMSIZ without its terminator

    private readonly Dictionary<string, string> _ports = new(StringComparer.Ordinal);      // by device

    public HostPathModel? Build(PortConfig asked, PortModel port)
    {
        bool learns = port.LearnsV4 || port.LearnsV6;
        if (asked.HostPath is { Value: "off" } off)
        {
            if (learns) errors.Add(off.Position, $"host-path: {WhyNeeded(port)}; expected on, or the name of the host's interface");
            return null;
        }

        bool isByDefault = port.Backend is not (PortBackend.Pcap or PortBackend.Tap);
        if (port.Backend == PortBackend.Pcap || (asked.HostPath is null && !learns && !isByDefault)) return null;
        string device = asked.HostPath is { Value: not "on" } named ? named.Value : NameFor(port);
        if (!_ports.TryAdd(device, port.Name))
        {
            errors.Add(
                asked.HostPath?.Position ?? asked.Name.Position,
                $"host-path: {device} is the host's interface of the port '{_ports[device]}' already; expected another name");
        }

        return new HostPathModel(device, IsAsked: asked.HostPath is not null || learns);
    }

    /// <summary>As much of the port's name as an interface's has room for.</summary>
    private static string NameFor(PortModel port)
    {
        string name = Prefix + port.Name;
        return name.Length <= MaximumNameLength ? name : name[..MaximumNameLength];
    }

    private static string WhyNeeded(PortModel port) => port.TakesOver
        ? "what is taken over needs a place to move to"
        : "addresses are learned from the host's interface";
}
