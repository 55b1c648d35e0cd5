using Xunit;

namespace Appliance.Ports.Linux.Tests;

public sealed class HostMonitorTests : IDisposable
{
    private readonly NetworkNamespace _namespace = new();

    public HostMonitorTests() => _namespace.AddPair("near", "far");

    public void Dispose() => _namespace.Dispose();

    [Fact]
    public void Every_change_is_told() => _namespace.Run(() =>
    {
        using var monitor = new HostMonitor();
        var told = new Told();
        monitor.Read(told);
        told.Lines.Clear();

        _namespace.Ip("address", "add", "192.0.2.1/24", "dev", "near");
        _namespace.Ip("route", "add", "198.51.100.0/24", "via", "192.0.2.9", "proto", "ospf");
        _namespace.Ip("neighbour", "add", "192.0.2.9", "lladdr", "02:00:00:00:00:09", "dev", "near");
        _namespace.Ip("route", "delete", "198.51.100.0/24");
        _namespace.Ip("nexthop", "add", "id", "7", "via", "192.0.2.9", "dev", "near");
        _namespace.Ip("nexthop", "delete", "id", "7");
        _namespace.Ip("link", "set", "far", "down");
        AssertTold(monitor, told, "address 192.0.2.1/24", "route 198.51.100.0/24 by 188", "neighbour 192.0.2.9 02:00:00:00:00:09",
            "gone route 198.51.100.0/24 by 188", "next hop 7", "gone next hop 7", "device near without carrier");
        _namespace.Ip("link", "delete", "near");
        AssertTold(monitor, told, "gone device near");
        Assert.False(told.IsLost);
    });

    [Fact]
    public void What_was_not_read_in_time_is_told_as_lost() => _namespace.Run(() =>
    {
        using var monitor = new HostMonitor();
        string batch = Path.GetTempFileName();
        File.WriteAllLines(batch, Enumerable.Range(0, 120_000)
            .Select(i => $"route add {10 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}.0/24 dev near")
            .Prepend("address add 192.0.2.1/24 dev near"));
        _namespace.Ip("-batch", batch);
        File.Delete(batch);
        var told = new Told();
        for (int i = 0; i < 1000 && !told.IsLost; i++) monitor.Read(told);
        Assert.True(told.IsLost);
    });

    /// <summary>Carrier is told up to a second later.</summary>
    private static void AssertTold(HostMonitor monitor, Told told, params string[] lines)
    {
        using var wakeup = new Wakeup();
        wakeup.Watch(monitor.WakeupDescriptor);
        for (int i = 0; i < 100 && !lines.All(told.Lines.Contains); i++)
        {
            wakeup.Sleep(5_000_000_000);
            monitor.Read(told);
        }

        foreach (string line in lines) Assert.Contains(line, told.Lines);
    }

    private sealed class Told : IHostEvents
    {
        public List<string> Lines { get; } = [];

        public bool IsLost { get; private set; }

        public void OnDevice(HostDevice device, bool isGone) =>
            Lines.Add($"{Gone(isGone)}device {device.Name}{(isGone || device.HasCarrier ? "" : " without carrier")}");

        public void OnAddress(HostAddress address, bool isGone) => Lines.Add($"{Gone(isGone)}address {address.Prefix}");

        public void OnRoute(in RouteNotice route, bool isGone) => Lines.Add($"{Gone(isGone)}route {route.Destination} by {route.Protocol}");

        public void OnNextHop(uint number, bool isGone) => Lines.Add($"{Gone(isGone)}next hop {number}");

        public void OnNeighbour(HostNeighbour neighbour, bool isGone) =>
            Lines.Add($"{Gone(isGone)}neighbour {neighbour.Address} {neighbour.Mac}");

        public void OnLost() => IsLost = true;

        private static string Gone(bool isGone) => isGone ? "gone " : "";
    }
}
