using System.Globalization;
using Appliance.Wire.Ethernet;

namespace Appliance.Ports.Linux;

/// <summary>
/// What the host has: devices, addresses, routes, neighbours. Every question is put to the kernel anew. From one thread at a time; throws
/// <see cref="SystemCallException"/> when the kernel does not answer.
/// </summary>
public sealed class DeviceCatalog : IDisposable
{
    private const string Subject = "host";
    private const string MadeByProgram = "tun";         // the kind of TUN and TAP
    private const string SlotFolder = "/sys/bus/pci/slots";

    private readonly NetlinkSocket _netlink = new(NetlinkSocket.Routing, 0, Subject);
    private readonly Descriptor _socket = InterfaceCalls.Open(Subject);

    public IReadOnlyList<HostDevice> Devices() => Dump<RoutingCalls.Link, HostDevice>(
        RoutingCalls.GetLink, RoutingCalls.NewLink, "RTM_GETLINK", RoutingReader.TryReadDevice);

    public IReadOnlyList<HostAddress> Addresses() => Dump<RoutingCalls.AddressHeader, HostAddress>(
        RoutingCalls.GetAddress, RoutingCalls.NewAddress, "RTM_GETADDR", RoutingReader.TryReadAddress);

    /// <summary>Of all tables and both families.</summary>
    public IReadOnlyList<HostRoute> Routes() => Dump<RoutingCalls.Route, HostRoute>(
        RoutingCalls.GetRoute, RoutingCalls.NewRoute, "RTM_GETROUTE", RoutingReader.TryReadRoute);

    public IReadOnlyList<HostNeighbour> Neighbours() => Dump<RoutingCalls.Neighbour, HostNeighbour>(
        RoutingCalls.GetNeighbour, RoutingCalls.NewNeighbour, "RTM_GETNEIGH", RoutingReader.TryReadNeighbour);

    /// <summary>
    /// Finds a device as a configuration names it: by name, <c>mac:</c>, <c>pci:</c> with its domain, or <c>slot:</c> (the number of a slot
    /// that the firmware numbers, else that of a device on the first PCI bus). A part of another device (a virtual function beneath its
    /// synthetic device) is found by name only, and so is what a program made: the host's end of a port has the MAC address of the port.
    /// </summary>
    /// <param name="selector">What the configuration says.</param>
    /// <param name="device">The one found.</param>
    /// <param name="problem">Why none was, in words for the operator.</param>
    public bool TryFind(string selector, out HostDevice? device, out string problem)
    {
        int colon = selector.IndexOf(':', StringComparison.Ordinal);
        string rest = selector[(colon + 1)..];
        IReadOnlyList<HostDevice> devices = Devices();
        HostDevice[] found = (colon < 0 ? "" : selector[..colon]) switch
        {
            "mac" when MacAddress.TryParse(rest, out MacAddress mac) => [.. devices.Where(each => each.Mac == mac && IsWhole(each))],
            "pci" => [.. devices.Where(each => each.Master == 0 && IsAt(each, rest, isWhole: true))],
            "slot" when SlotOf(rest) is { } place => [.. devices.Where(each => each.Master == 0 && IsAt(each, place, isWhole: false))],
            "" => [.. devices.Where(each => each.Name == selector)],
            _ => [],
        };
        device = found is [var only] ? only : null;
        problem = found.Length switch
        {
            0 => $"no device of the host is {selector}; there are {string.Join(", ", devices.Select(each => each.Name))}",
            1 => "",
            _ => $"several devices are {selector}: {string.Join(", ", found.Select(each => each.Name))}",
        };
        return device is not null;
    }

    /// <summary>Why the host would miss a device: its addresses, or a default route by it. Null: it would not.</summary>
    public string? UseOf(int deviceIndex)
    {
        HostAddress? address = Addresses().FirstOrDefault(each => each.DeviceIndex == deviceIndex && !each.Prefix.Address.IsLinkLocal);
        if (address is not null) return $"it has the host's address {address.Prefix}";
        HostRoute? route = Routes().FirstOrDefault(each => each.Table == HostRoute.MainTable && each.IsDefault && each.IsBy(deviceIndex));
        return route is null ? null : "the host's default route goes by it";
    }

    /// <summary>What its driver does not answer counts as not there.</summary>
    public DeviceOffloads OffloadsOf(string device)
    {
        bool Has(uint command) => EthtoolCalls.TryGet(_socket, device, command, out uint value) && value != 0;
        EthtoolCalls.TryGet(_socket, device, EthtoolCalls.GetFlags, out uint flags);
        return new DeviceOffloads(
            Has(EthtoolCalls.GetReceiveChecksum),
            Has(EthtoolCalls.GetTransmitChecksum),
            Has(EthtoolCalls.GetScatterGather),
            Has(EthtoolCalls.GetTcpSegmentation),
            Has(EthtoolCalls.GetSoftwareSegmentation),
            Has(EthtoolCalls.GetReceiveOffload),
            (flags & EthtoolCalls.LargeReceiveFlag) != 0);
    }

    /// <summary>
    /// Turns off what joins segments and does not say how long they were. True: it is off now, or there is no such thing; false: the
    /// driver will not.
    /// </summary>
    public bool TryTurnOffLargeReceive(string device) => EthtoolCalls.TryTurnOffLargeReceive(_socket, device);

    public void Dispose()
    {
        _netlink.Dispose();
        _socket.Dispose();
    }

    private delegate bool TryRead<T>(ReadOnlySpan<byte> body, out T read);

    /// <summary>All of a kind; messages that cannot be read are left out.</summary>
    /// <typeparam name="TStructure">What the question begins with, all zero.</typeparam>
    /// <typeparam name="T">What an answer says.</typeparam>
    private List<T> Dump<TStructure, T>(ushort question, ushort answer, string call, TryRead<T> tryRead) where TStructure : unmanaged
    {
        var all = new List<T>();
        var request = new NetlinkMessage();
        request.Begin(question, NetlinkMessage.Dump, default(TStructure));
        request.End();
        _netlink.Dump(request, call, (type, _, body) =>
        {
            if (type == answer && tryRead(body, out T read)) all.Add(read);
        });
        return all;
    }

    private static bool IsWhole(HostDevice device) => device.Master == 0 && device.Kind != MadeByProgram;

    private bool IsAt(HostDevice device, string place, bool isWhole)
    {
        string bus = EthtoolCalls.BusOf(_socket, device.Name);
        return isWhole ? bus == place : bus.StartsWith(place + ".", StringComparison.Ordinal);
    }

    /// <summary>The PCI address of a slot, without the function.</summary>
    private static string? SlotOf(string number)
    {
        string file = Path.Combine(SlotFolder, number, "address");
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int slot)) return null;
        return File.Exists(file) ? File.ReadAllText(file).Trim() : string.Create(CultureInfo.InvariantCulture, $"0000:00:{slot:x2}");
    }
}
