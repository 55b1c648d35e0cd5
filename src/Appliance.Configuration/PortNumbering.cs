using System.Collections.Immutable;
using Appliance.Configuration.Building;
using Appliance.Firewall;

namespace Appliance.Configuration;

/// <summary>
/// Gives the ports of a model the numbers that they have in a running one. States, counters and queues know a port by its number, so a port
/// keeps it for as long as it is there: under another name (the same device), and at another place of the file. The place of a port that
/// is gone stays empty until a new port needs one. Pure.
/// </summary>
public static class PortNumbering
{
    private const int None = -1;

    /// <param name="next">As it was loaded, numbered in the order of its file.</param>
    /// <param name="running">What is in force.</param>
    /// <param name="isFree">Whether nothing is left of the port that had an empty place; null: nothing is left of any.</param>
    public static RuntimeModel Keep(RuntimeModel next, RuntimeModel running, Func<int, bool>? isFree = null)
    {
        int[] numbers = Number(next.Ports, running.Ports, isFree ?? (_ => true));
        int places = Math.Max(running.Ports.Length, numbers.Append(None).Max() + 1);
        PortModel[] ports = [.. Enumerable.Range(0, places).Select(PortModel.Vacant)];
        foreach (PortModel port in next.Ports)
        {
            int? parent = port.ParentIndex is { } carrier ? numbers[carrier] : null;
            ports[numbers[port.Index]] = port with { Index = numbers[port.Index], ParentIndex = parent };
        }

        return next with
        {
            Ports = [.. ports],
            Routes = [.. next.Routes.Select(route => route with
            {
                Via = [.. route.Via.Select(hop => hop with { PortIndex = numbers[hop.PortIndex] })],
            })],
            Neighbors = [.. next.Neighbors.Select(neighbor => neighbor with { PortIndex = numbers[neighbor.PortIndex] })],
            Firewall = next.Firewall is { } firewall ? On(firewall, ports) : null,
            HighAvailability = next.HighAvailability is { } pair ? On(pair, numbers) : null,
        };
    }

    /// <summary>
    /// By their place in <paramref name="next"/>: first those of the same name, then those of the same device, then new ones.
    /// </summary>
    private static int[] Number(ImmutableArray<PortModel> next, ImmutableArray<PortModel> running, Func<int, bool> isFree)
    {
        int[] numbers = [.. next.Select(port => running.FirstOrDefault(known => IsSameName(known, port))?.Index ?? None)];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] == None) numbers[i] = Renamed(next[i], running, numbers);
        }

        int tried = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            if (numbers[i] != None) continue;
            while (tried < running.Length && (!running[tried].IsVacant || !isFree(tried))) tried++;
            numbers[i] = tried++;
        }

        return numbers;
    }

    private static bool IsSameName(PortModel known, PortModel port) =>
        !known.IsVacant && string.Equals(known.Name, port.Name, StringComparison.Ordinal) && known.IsPhysical == port.IsPhysical;

    /// <summary>The port that had its device, or as a sub-port its VLAN, under another name that is gone.</summary>
    private static int Renamed(PortModel port, ImmutableArray<PortModel> running, int[] numbers) => running.FirstOrDefault(known =>
        !known.IsVacant
        && !numbers.Contains(known.Index)
        && known.Backend == port.Backend
        && (port.IsPhysical
            ? known.IsPhysical && port.Device is not null && known.Device == port.Device
            : known.ParentIndex == numbers[port.ParentIndex!.Value] && known.VlanId == port.VlanId))?.Index ?? None;

    /// <summary>A model whose ports have other addresses, and its ruleset on them. Null: that has an error there.</summary>
    internal static RuntimeModel? With(RuntimeModel model, PortModel[] ports)
    {
        FirewallModel? firewall = model.Firewall is { } before ? TryPut(before, ports) : null;
        return firewall is null && model.Firewall is not null ? null : model with { Ports = [.. ports], Firewall = firewall };
    }

    /// <summary>The same ruleset on ports that only have other numbers: whatever it said before holds.</summary>
    private static FirewallModel On(FirewallModel firewall, PortModel[] ports) =>
        TryPut(firewall, ports) ?? throw new InvalidOperationException("A number is in no error of a ruleset.");

    private static FirewallModel? TryPut(FirewallModel firewall, PortModel[] ports)
    {
        ResolutionResult result = firewall.Rules.On(new FirewallPorts(ports.Where(port => !port.IsVacant).Select(FirewallBuilder.ToPort)));
        return result.Ruleset is { } rules ? firewall with { Rules = rules } : null;
    }

    private static HighAvailabilityModel On(HighAvailabilityModel pair, int[] numbers) => pair with
    {
        Carp = [.. pair.Carp.Select(group => group with { PortIndex = numbers[group.PortIndex] })],
        Sync = pair.Sync is { } lane ? lane with { PortIndex = numbers[lane.PortIndex] } : null,
    };
}
