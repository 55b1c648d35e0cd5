using System.Collections.Immutable;

namespace Appliance.Ports.Linux;

/// <summary>
/// What the host had on a device that the appliance took: its addresses, and the routes by it that no address brings by itself. Moved to
/// another device, the host's end of the host path, and back at an orderly stop. It can be written down, so that whoever starts
/// after a crash can put it back.
/// </summary>
/// <param name="DeviceIndex">The device it was taken from.</param>
/// <param name="Addresses">In the kernel's order.</param>
/// <param name="Routes">Likewise.</param>
public sealed record HostTakeOver(int DeviceIndex, ImmutableArray<HostAddress> Addresses, ImmutableArray<HostRoute> Routes)
{
    /// <summary>Reads what would be moved. Link-local addresses stay: each device makes its own.</summary>
    public static HostTakeOver Of(DeviceCatalog catalog, int deviceIndex) => new(
        deviceIndex,
        [.. catalog.Addresses().Where(address => address.DeviceIndex == deviceIndex && !address.Prefix.Address.IsLinkLocal)],
        [.. catalog.Routes().Where(route => route is { Protocol: not HostRoute.ByKernel, Type: HostRoute.Unicast, NextHops.Length: 1 }
            && route.IsBy(deviceIndex))]);

    /// <summary>Moves all of it to another device. Routes go with the first address they lean on, so they are set anew behind it.</summary>
    public void MoveTo(DeviceEditor editor, int deviceIndex) => Move(editor, DeviceIndex, deviceIndex);

    /// <summary>Gives it back.</summary>
    /// <param name="deviceIndex">The device it was on meanwhile, which may be gone already.</param>
    /// <param name="owner">The device it was taken from, as it is now: it may have gone and come back.</param>
    public void Return(DeviceEditor editor, int deviceIndex, int owner) => Move(editor, deviceIndex, owner);

    private void Move(DeviceEditor editor, int from, int to)
    {
        foreach (HostAddress address in Addresses) editor.RemoveAddress(address with { DeviceIndex = from });
        foreach (HostAddress address in Addresses) editor.AddAddress(address with { DeviceIndex = to });
        foreach (HostRoute route in Routes)
            editor.AddRoute(route with { NextHops = [route.NextHops[0] with { DeviceIndex = to }] });
    }
}
