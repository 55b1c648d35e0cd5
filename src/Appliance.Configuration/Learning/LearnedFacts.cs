using System.Collections.Immutable;
using Appliance.Wire.Ip;

namespace Appliance.Configuration;

/// <summary>The addresses that the host has at its ends of ports: set there by daemons and operators.</summary>
/// <param name="Addresses">With their ports' indices, in the host's order.</param>
public sealed record LearnedFacts(ImmutableArray<(int Port, IpPrefix Address)> Addresses)
{
    public static readonly LearnedFacts None = new([]);

    public bool Equals(LearnedFacts? other) => other is not null && Addresses.SequenceEqual(other.Addresses);

    public override int GetHashCode() => Addresses.Length;

    /// <summary>
    /// A model with what has been learned in its place: a port has the addresses of the families that it learns, behind its own, and where
    /// the ruleset says <c>(port)</c> it means them, too. Null: there is no such ruleset, for too many addresses; all stays as it is.
    /// </summary>
    /// <param name="asked">As the configuration says it.</param>
    public RuntimeModel? On(RuntimeModel asked)
    {
        if (Addresses.IsEmpty) return asked;
        IEnumerable<IpPrefix> own = asked.Ports.SelectMany(port => port.Addresses.Concat(port.VirtualAddresses));
        HashSet<IpAddress> taken = [.. own.Select(each => each.Address)];
        ImmutableArray<(int Port, IpPrefix Address)> learned = [.. Addresses.Where(each =>
            Learns(asked, each.Port, each.Address) && taken.Add(each.Address.Address))];
        if (learned.IsEmpty) return asked;
        return PortNumbering.With(asked, [.. asked.Ports.Select(port => port with
        {
            Addresses = [.. port.Addresses, .. learned.Where(each => each.Port == port.Index).Select(each => each.Address)],
        })]);
    }

    private static bool IsPort(RuntimeModel asked, int port) => port < asked.Ports.Length && !asked.Ports[port].IsVacant;

    private static bool Learns(RuntimeModel asked, int port, IpPrefix address) =>
        IsPort(asked, port) && (address.Address.IsV6 ? asked.Ports[port].LearnsV6 : asked.Ports[port].LearnsV4);
}
