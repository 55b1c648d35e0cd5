using System.Collections.Immutable;
using Appliance.Configuration.Asked;
using Appliance.Configuration.Keys;
using Appliance.Wire.Ip;

namespace Appliance.Configuration.Building;

/// <summary>
/// Ports as asked → ports of the model, without their virtual addresses. What a port is and whom it belongs to; the addresses go into the
/// plan.
/// </summary>
internal sealed class PortBuilder(ImmutableArray<PortConfig> ports, PortNames names, PortTree tree, AddressPlan plan, ErrorList errors)
{
    private readonly PortModel[] _models = new PortModel[ports.Length];
    private readonly Dictionary<string, string> _devices = new(StringComparer.Ordinal);
    private int _physical;

    public PortModel[] Build()
    {
        for (int index = 0; index < ports.Length; index++) _models[index] = BuildAlone(index);
        bool[] isDone = new bool[ports.Length];
        for (int index = 0; index < ports.Length; index++) InheritOnce(index, isDone);
        IEnumerable<string> asked = ports.Select(port => port.HostPath).OfType<Positioned<string>>().Select(path => path.Value);
        var hosts = new HostPathBuilder(asked.ToHashSet(StringComparer.Ordinal), _devices, errors);
        for (int index = 0; index < ports.Length; index++)
            _models[index] = _models[index] with { HostPath = hosts.Build(ports[index], _models[index]) };
        return _models;
    }

    private PortModel BuildAlone(int index)
    {
        PortConfig port = ports[index];
        bool isSubPort = port.PositionOf(PortKeys.Parent) is not null;
        if (port.Keys is not null && isSubPort) CheckSubPort(port);
        if (port.Keys is not null && !isSubPort) CheckPhysical(port);
        if (!isSubPort && ++_physical == Limits.PhysicalPorts + 1)
            errors.Add(port.Name.Position, $"ports: more than {Limits.PhysicalPorts} ports without a parent, the most there may be");
        return new PortModel
        {
            Index = index,
            Ordinal = _physical,
            Name = port.Name.Value,
            ParentIndex = tree.ParentOf(index),
            VlanId = port.Vlan?.Value,
            Backend = port.Backend?.Value ?? default,
            Device = isSubPort ? null : ReadDevice(port),
            Addresses = ReadAddresses(index, port, out DynamicAddressing dynamic),
            Dynamic = dynamic,
            MtuBytes = port.Mtu?.Value ?? PortModel.DefaultMtuBytes,
            ReversePath = port.ReversePath,
            Groups = ReadGroups(port),
            Offloads = port.Offloads,
            TakesOver = port.TakeOver is { Value: true },
        };
    }

    private void CheckSubPort(PortConfig port)
    {
        string parent = port.Parent is { } named ? $"the parent port {Wording.Quote(named.Value)}" : "the parent port";
        foreach (Key key in (Key[])[PortKeys.Backend, PortKeys.Device, PortKeys.Offloads, PortKeys.TakeOver])
        {
            if (port.PositionOf(key) is { } position) errors.Add(position, $"{key.Name}: belongs to {parent}; delete it here");
        }

        if (port.PositionOf(PortKeys.Vlan) is null)
            errors.Add(port.PositionOf(PortKeys.Parent)!.Value,
                $"a port with 'parent' but without 'vlan'; expected a VLAN id from 1 to {PortKeys.MaximumVlanId}");
    }

    private void CheckPhysical(PortConfig port)
    {
        if (port.PositionOf(PortKeys.Vlan) is { } vlan)
            errors.Add(vlan, "vlan: stands without 'parent'; expected 'parent' beside it, the port that carries this one");
        if (port.Backend is { Value: PortBackend.SharpPcap } unbuilt && !BuiltBackends.HasSharpPcap)
            errors.Add(unbuilt.Position,
                "backend: sharppcap is not in this program; expected another, such as af-packet, or a program built with "
                + "-p:WithSharpPcap=true");
        if (port.Backend is { } missing && BuiltBackends.IsMissing(missing.Value))
            errors.Warn(missing.Position,
                $"backend: {BuiltBackends.NameOf(missing.Value)} is not there yet: run refuses it; expected af-packet or tap");
        if (port is { Offloads.Rps: true, RpsPosition: { } rps, Backend.Value: not PortBackend.AfPacket })
            errors.Add(rps, "rps: on is for backend af-packet, whose frames the kernel receives; expected off with any other");
        if (port.PositionOf(PortKeys.Backend) is null)
            errors.Add(port.Name.Position, $"a port without 'backend'; expected {PortKeys.Backends.Expected}, or 'parent' and 'vlan'");
        else if (port.Backend is { Value: not PortBackend.Pcap } backend && port.PositionOf(PortKeys.Device) is null)
            errors.Add(port.Name.Position, $"a port without 'device'; expected {DeviceForms.Expected(backend.Value)}");
    }

    private DeviceSelector? ReadDevice(PortConfig port)
    {
        if (port.Backend is not { } backend || port.Device is not { } written) return null;
        if (DeviceForms.Parse(backend.Value, written.Value, out DeviceSelector device) is { } problem)
        {
            errors.Add(written.Position, $"device: {problem}; expected {DeviceForms.Expected(backend.Value)}");
            return null;
        }

        if (backend.Value != PortBackend.Pcap && !_devices.TryAdd(device.ToString(), port.Name.Value))
            errors.Add(written.Position,
                $"device: {device} is the port '{_devices[device.ToString()]}' already; expected each device once");
        return device;
    }

    private ImmutableArray<IpPrefix> ReadAddresses(int index, PortConfig port, out DynamicAddressing dynamic)
    {
        dynamic = DynamicAddressing.None;
        ImmutableArray<IpPrefix>.Builder addresses = ImmutableArray.CreateBuilder<IpPrefix>();
        foreach ((PortAddress address, TextPosition position) in port.Addresses)
        {
            if (address.Static is { } own && plan.TryAddOwn(index, new Positioned<IpPrefix>(own, position))) addresses.Add(own);
            else if (address.Static is not null) plan.MarkIncomplete();
            dynamic |= address.Dynamic;
        }

        plan.AddDynamic(index, dynamic);
        if (!port.IsSound) plan.MarkIncomplete();
        return addresses.DrainToImmutable();
    }

    private ImmutableArray<string> ReadGroups(PortConfig port)
    {
        foreach ((string group, TextPosition position) in port.Groups.Where(group => names.Contains(group.Value)))
            errors.Add(position, $"groups: '{group}' is the name of a port; expected a name that no port has");
        return [.. port.Groups.Select(group => group.Value)];
    }

    /// <summary>Takes from the parent what a sub-port has of it. Parents first: the tree has no circles and few levels.</summary>
    private void InheritOnce(int index, bool[] isDone)
    {
        if (isDone[index]) return;
        isDone[index] = true;
        PortConfig port = ports[index];
        if (tree.ParentOf(index) is { } parentIndex)
        {
            InheritOnce(parentIndex, isDone);
            PortModel parent = _models[parentIndex];
            if (port.Mtu is { } mtu && mtu.Value > parent.MtuBytes)
                errors.Add(mtu.Position,
                    $"mtu: {mtu.Value} is over the {parent.MtuBytes} of the parent port '{parent.Name}'; expected at most that");
            _models[index] = _models[index] with
            {
                Ordinal = parent.Ordinal,
                Backend = parent.Backend,
                Offloads = parent.Offloads,
                MtuBytes = Math.Min(_models[index].MtuBytes, parent.MtuBytes),
            };
        }

        if (_models[index].MtuBytes >= PortKeys.MinimumIpv6MtuBytes || !plan.HasIpv6(index)) return;
        string mtuBytes = $"{_models[index].MtuBytes}{(port.Mtu is null ? " of the parent port" : "")}";
        errors.Add(
            port.Mtu?.Position ?? port.Name.Position,
            $"mtu: {mtuBytes} is too small for IPv6, which the port has; expected at least {PortKeys.MinimumIpv6MtuBytes}");
    }
}
