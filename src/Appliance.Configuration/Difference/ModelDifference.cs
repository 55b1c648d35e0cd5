using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Configuration;

/// <summary>
/// The pure difference of two models: taken away from the top down (groups, routes, neighbours, sub-ports, ports), then built from the
/// bottom up. Equal models differ in nothing, wherever things stand in their files. Of the files that a configuration names only what the
/// ruleset says is part of it.
/// </summary>
public static class ModelDifference
{
    public static ImmutableArray<ModelAction> Between(RuntimeModel old, RuntimeModel next)
    {
        Steps steps = new();
        steps.Single(ModelPart.Name, old.Name, next.Name);
        steps.Single(ModelPart.Vcpus, old.Vcpus, next.Vcpus);
        steps.Each(ModelPart.Port, PortsOf(old), PortsOf(next), IsSame);
        steps.Each(ModelPart.Neighbor, NeighborsOf(old), NeighborsOf(next), (left, right) => left.Mac == right.Mac);
        steps.Each(ModelPart.Route, RoutesOf(old), RoutesOf(next), (left, right) => left.SequenceEqual(right));
        steps.Single(ModelPart.Steering, new SteeringWithText(old.Steering), new SteeringWithText(next.Steering));
        steps.Single(ModelPart.Firewall, old.Firewall, next.Firewall);
        steps.Each(ModelPart.CarpGroup, GroupsOf(old), GroupsOf(next), IsSame);
        steps.Single(ModelPart.Sync, LaneOf(old), LaneOf(next));
        steps.Single(ModelPart.FailoverPolicy, PolicyOf(old), PolicyOf(next));
        steps.Single(ModelPart.Management, old.Management, next.Management);
        return steps.InOrder();
    }

    /// <summary>Without their numbers: a running port has the number that it was given when it came.</summary>
    private static IEnumerable<(string, (PortModel Port, string? Parent))> PortsOf(RuntimeModel model) => model.Ports
        .Where(port => !port.IsVacant)
        .Select(port => (port.Name, (
            port with { Index = 0, Ordinal = 0, ParentIndex = null }, port.ParentIndex is { } parent ? model.Ports[parent].Name : null)));

    private static IEnumerable<(string, NeighborModel)> NeighborsOf(RuntimeModel model) =>
        model.Neighbors.Select(neighbor => ($"{neighbor.Address} on {model.Ports[neighbor.PortIndex].Name}", neighbor));

    /// <summary>Next hops with the names of their ports: an index may mean another port in the next model. A blackhole has none.</summary>
    private static IEnumerable<(string, (IpAddress, string)[])> RoutesOf(RuntimeModel model) => model.Routes
        .Select(route => (route.To.ToString(), route.Via.Select(hop => (hop.Address, model.Ports[hop.PortIndex].Name)).ToArray()));

    private static IEnumerable<(string, CarpModel)> GroupsOf(RuntimeModel model) => (model.HighAvailability?.Carp ?? [])
        .Select(group => ($"vhid {group.Vhid} on {model.Ports[group.PortIndex].Name}", group with { PortIndex = 0 }));

    private static (SyncModel, string)? LaneOf(RuntimeModel model) => model.HighAvailability?.Sync is { } lane
        ? (lane with { PortIndex = 0 }, model.Ports[lane.PortIndex].Name)
        : null;

    private static HighAvailabilityModel? PolicyOf(RuntimeModel model) =>
        model.HighAvailability is { } pair ? pair with { Carp = [], Sync = null } : null;

    // Arrays are equal only to themselves: one is put in the place of the other, and then they are compared by their items.
    private static bool IsSame((PortModel Port, string? Parent) left, (PortModel Port, string? Parent) right) =>
        string.Equals(left.Parent, right.Parent, StringComparison.Ordinal) && IsSame(left.Port, right.Port);

    private static bool IsSame(PortModel left, PortModel right) =>
        left with { Addresses = right.Addresses, VirtualAddresses = right.VirtualAddresses, Groups = right.Groups } == right
        && left.Addresses.SequenceEqual(right.Addresses)
        && left.VirtualAddresses.SequenceEqual(right.VirtualAddresses)
        && left.Groups.SequenceEqual(right.Groups);

    private static bool IsSame(CarpModel left, CarpModel right) =>
        left with { Addresses = right.Addresses } == right && left.Addresses.SequenceEqual(right.Addresses);

    private sealed record SteeringWithText(SteeringModel Model, string Key)
    {
        public SteeringWithText(SteeringModel model)
            : this(model with { Key = [] }, Convert.ToHexString(model.Key.AsSpan()))
        {
        }
    }

    private sealed class Steps
    {
        private readonly List<ModelAction> _removed = [];
        private readonly List<ModelAction> _built = [];

        public void Single<T>(ModelPart part, T old, T next)
        {
            if (EqualityComparer<T>.Default.Equals(old, next)) return;
            if (next is null) _removed.Add(new ModelAction(ModelChange.Remove, part, ""));
            else _built.Add(new ModelAction(old is null ? ModelChange.Add : ModelChange.Change, part, ""));
        }

        public void Each<T>(
            ModelPart part, IEnumerable<(string Subject, T Item)> old, IEnumerable<(string Subject, T Item)> next, Func<T, T, bool> isSame)
        {
            Dictionary<string, T> before = old.ToDictionary(pair => pair.Subject, pair => pair.Item, StringComparer.Ordinal);
            HashSet<string> kept = new(StringComparer.Ordinal);
            foreach ((string subject, T item) in next)
            {
                kept.Add(subject);
                if (!before.TryGetValue(subject, out T? known)) _built.Add(new ModelAction(ModelChange.Add, part, subject));
                else if (!isSame(known, item)) _built.Add(new ModelAction(ModelChange.Change, part, subject));
            }

            IEnumerable<string> gone = before.Keys.Where(subject => !kept.Contains(subject));
            _removed.AddRange(gone.Select(subject => new ModelAction(ModelChange.Remove, part, subject)));
        }

        public ImmutableArray<ModelAction> InOrder() => [.. Enumerable.Reverse(_removed), .. _built];
    }
}
