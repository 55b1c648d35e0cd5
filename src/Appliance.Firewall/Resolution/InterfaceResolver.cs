using Appliance.Firewall.Language;

namespace Appliance.Firewall;

/// <summary>Names of interfaces and groups → the ports they stand for. A name that is neither is an error.</summary>
internal sealed class InterfaceResolver(FirewallPorts ports, ResolutionErrors errors)
{
    /// <summary>Any where the rule names none.</summary>
    public PortSet Resolve(PfInterface? written)
    {
        if (written is null) return PortSet.Any;
        if (!ports.TryFind(written.Name, out PortSet? found))
        {
            Refuse(written.Name, written.Position);
            return PortSet.Any;
        }

        return written.Negated ? found.Complement() : found;
    }

    /// <summary>The one port of that name; null: there is none that packets could leave by, and that is an error.</summary>
    public ushort? FindPort(string name, SourcePosition position)
    {
        if (ports.FindPort(name) is { } port) return (ushort)port.Index;
        if (ports.TryFind(name, out _)) errors.Add(position, $"packets leave by a port, and '{name}' is none: expected a port's name");
        else Refuse(name, position);
        return null;
    }

    public void Refuse(string name, SourcePosition position)
    {
        string nearest = ports.Nearest(name) is { } near ? $" (did you mean '{near}'?)" : "";
        errors.Add(position,
            $"there is no port or group '{name}'{nearest}; expected a name under 'ports' of the configuration, or one of 'groups'");
    }
}
