using System.Collections.Immutable;
using Appliance.Firewall.Language;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>Addresses as a rule names them → what an evaluation asks of an address.</summary>
internal sealed class AddressResolver(FirewallPorts ports, InterfaceResolver interfaces, TableResolver tables, ResolutionErrors errors)
{
    /// <summary>Bits by which a rule says nothing of the network's length: then the modifiers decide.</summary>
    private const int WholeLength = 128;

    private readonly HostNames _names = new(ports);

    public AddressMatch Resolve(PfHost host)
    {
        AddressMatch match = host.Kind switch
        {
            HostKind.Any => AddressMatch.Any,
            HostKind.Prefix when host.IsEverything => AddressMatch.Any,
            HostKind.Prefix => AddressMatch.Of(new IpPrefix(host.First, host.PrefixLength)),
            HostKind.Range => Range(host),
            HostKind.Table => AddressMatch.Of(tables.Find(host.Name, host.Position)),
            HostKind.Interface => Addresses(host),
            HostKind.NoRoute => AddressMatch.NoRoute,
            HostKind.UrpfFailed => AddressMatch.UrpfFailed,
            _ => AddressMatch.Any,
        };
        return host.Negated ? match.Not() : match;
    }

    /// <summary>pf takes a range that ends before it begins, and matches nothing; here it is a mistake.</summary>
    private AddressMatch Range(PfHost host)
    {
        if (host.First.Bits <= host.Last.Bits) return AddressMatch.Of(new AddressRange(host.First, host.Last));
        errors.Add(host.Position, $"the range {host.First} - {host.Last} ends before it begins: expected the lower address first");
        return AddressMatch.Any;
    }

    /// <summary>
    /// The addresses that a port has now, of either family, or the networks of them, as the modifiers say; null: there is no such port, and
    /// that is an error.
    /// </summary>
    public ImmutableArray<IpPrefix>? AddressesAt(PfHost host)
    {
        if (!ports.HasAddressesOf(host.Name))
        {
            interfaces.Refuse(host.Name, host.Position);
            return null;
        }

        int? length = host.PrefixLength == WholeLength ? null : host.PrefixLength;
        return
        [
            .. _names.OfInterface(host.Name, host.Modifiers, length, host.Position)
                .Select(address => new IpPrefix(address.First, address.PrefixLength))
                .Distinct(),
        ];
    }

    /// <summary>Those of either family, since the rule has its own.</summary>
    private AddressMatch Addresses(PfHost host) =>
        AddressesAt(host) is { } found ? AddressMatch.Of([.. found.Select(AddressRange.Of)]) : AddressMatch.Any;
}
