using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Configuration;

/// <summary>What the host has at its ends of ports: set there by daemons and operators.</summary>
/// <param name="Addresses">With their ports' indices, in the host's order.</param>
/// <param name="Routes">The better first.</param>
public sealed record LearnedFacts(ImmutableArray<(int Port, IpPrefix Address)> Addresses, ImmutableArray<LearnedRoute> Routes)
{
    public static readonly LearnedFacts None = new([], []);

    public bool Equals(LearnedFacts? other) =>
        other is not null && Addresses.SequenceEqual(other.Addresses) && Routes.SequenceEqual(other.Routes);

    public override int GetHashCode() => HashCode.Combine(Addresses.Length, Routes.Length);

    /// <summary>
    /// A model with what has been learned in its place: a port has the addresses of the families that it learns, behind its own, and where
    /// the ruleset says <c>(port)</c> it means them, too. Null: there is no such ruleset, for too many addresses; all stays as it is.
    /// </summary>
    /// <param name="asked">As the configuration says it.</param>
    public RuntimeModel? On(RuntimeModel asked)
    {
        if (Addresses.IsEmpty && Routes.IsEmpty) return asked;
        HashSet<IpAddress> taken = [.. asked.Ports.SelectMany(port => port.Addresses.Concat(port.VirtualAddresses)).Select(own => own.Address)];
        ImmutableArray<(int Port, IpPrefix Address)> learned = [.. Addresses.Where(each =>
            Learns(asked, each.Port, each.Address) && taken.Add(each.Address.Address))];
        RuntimeModel model = asked with { LearnedRoutes = [.. Routes.Where(route => route.Ways.All(way => IsPort(asked, way.PortIndex)))] };
        if (learned.IsEmpty) return model;
        return PortNumbering.With(model, [.. asked.Ports.Select(port => port with
        {
            Addresses = [.. port.Addresses, .. learned.Where(each => each.Port == port.Index).Select(each => each.Address)],
        })]);
    }

    private static bool IsPort(RuntimeModel asked, int port) => port < asked.Ports.Length && !asked.Ports[port].IsVacant;

    private static bool Learns(RuntimeModel asked, int port, IpPrefix address) =>
        IsPort(asked, port) && (address.Address.IsV6 ? asked.Ports[port].LearnsV6 : asked.Ports[port].LearnsV4);
}
