using System.Collections.Immutable;
using System.Globalization;
using Appliance.Wire.Ip;

namespace Appliance.Firewall.Language;

/// <summary>What a name without parentheses stands for: an address, a network, or the addresses that an interface has now.</summary>
internal sealed class HostNames(IInterfaceAddresses interfaces)
{
    /// <summary>All addresses of <paramref name="text" />; null with the reason when it is none.</summary>
    /// <param name="length">What stands behind the slash; null where there is none.</param>
    public ImmutableArray<PfHost>? Find(string text, int? length, SourcePosition position, out string reason)
    {
        string shown = length is null ? text : string.Create(CultureInfo.InvariantCulture, $"{text}/{length}");
        reason = $"no IP address found for {shown}";
        if (length is < 0 or > 128)
        {
            reason = $"invalid netmask '/{length}'";
            return null;
        }

        if (FindInet(text, length) is { } inet) return [inet with { Position = position }];
        if (FindInet6(text, length ?? 128) is { } inet6) return [inet6 with { Position = position }];
        return FindInterface(text, length, position, ref reason);
    }

    /// <summary>The addresses of an interface that the modifiers choose, each with its own length or a given one.</summary>
    public ImmutableArray<PfHost> OfInterface(string name, InterfaceModifiers modifiers, int? length, SourcePosition position)
    {
        ImmutableArray<PfHost>.Builder hosts = ImmutableArray.CreateBuilder<PfHost>();
        var seen = new HashSet<(string, bool)>();
        foreach (InterfaceAddress address in interfaces.AddressesOf(name))
        {
            IpAddress own = address.Prefix.Address;
            bool isLinkLocal = own.IsV6 && own.IsLinkLocal;
            if ((modifiers & InterfaceModifiers.Network) != 0 && isLinkLocal) continue;
            if ((modifiers & InterfaceModifiers.NoAlias) != 0 && (isLinkLocal || !seen.Add((address.Interface, own.IsV6)))) continue;
            IpAddress? chosen = Choose(address, modifiers);
            if (chosen is not { } value) continue;
            int bits = length ?? ((modifiers & InterfaceModifiers.Network) != 0 ? address.Prefix.Length : value.BitLength);
            hosts.Add(Prefix(value, Math.Min(bits, value.BitLength)) with
            {
                Zone = isLinkLocal ? address.Interface : "",
                Position = position,
            });
        }

        return hosts.ToImmutable();
    }

    /// <summary>Cuts the modifiers off an interface's name; false when one of them is unknown or two exclude each other.</summary>
    public static bool TrySplit(string text, out string name, out InterfaceModifiers modifiers, out string reason)
    {
        (name, modifiers, reason) = (text, InterfaceModifiers.None, "");
        while (name.LastIndexOf(':') is var colon and >= 0)
        {
            InterfaceModifiers modifier = name[(colon + 1)..] switch
            {
                "network" => InterfaceModifiers.Network,
                "broadcast" => InterfaceModifiers.Broadcast,
                "peer" => InterfaceModifiers.Peer,
                "0" => InterfaceModifiers.NoAlias,
                _ => InterfaceModifiers.None,
            };
            reason = $"interface {text} has bad modifier: expected :network, :broadcast, :peer or :0";
            if (modifier == InterfaceModifiers.None) return false;
            modifiers |= modifier;
            name = name[..colon];
        }

        InterfaceModifiers kind = modifiers & ~InterfaceModifiers.NoAlias;
        reason = "illegal combination of interface modifiers";
        return (kind & (kind - 1)) == 0;
    }

    /// <summary>A prefix with its host bits cleared.</summary>
    public static PfHost Prefix(IpAddress address, int length) => new()
    {
        Kind = HostKind.Prefix,
        Family = address.IsV6 ? AddressFamily.Inet6 : AddressFamily.Inet,
        First = new IpPrefix(address, length).Network,
        PrefixLength = length,
    };

    private static IpAddress? Choose(InterfaceAddress address, InterfaceModifiers modifiers)
    {
        if ((modifiers & InterfaceModifiers.Broadcast) != 0) return address.Prefix.Address.IsV6 ? null : address.Broadcast;
        return (modifiers & InterfaceModifiers.Peer) != 0 ? address.Peer : address.Prefix.Address;
    }

    /// <summary>With a length the last octets may be left out, as in <c>10/8</c>.</summary>
    private static PfHost? FindInet(string text, int? length)
    {
        if (length is not { } bits) return Ipv4Address.TryParse(text, out Ipv4Address whole) ? Prefix(whole, 32) : null;
        int octets = text.AsSpan().Count('.') + 1;
        if (bits > 32 || octets > 4) return null;
        string padded = text + string.Concat(Enumerable.Repeat(".0", 4 - octets));
        return Ipv4Address.TryParse(padded, out Ipv4Address address) ? Prefix(address, bits) : null;
    }

    private static PfHost? FindInet6(string text, int length)
    {
        int percent = text.IndexOf('%');
        string zone = percent < 0 ? "" : text[(percent + 1)..];
        ReadOnlySpan<char> digits = percent < 0 ? text : text.AsSpan(0, percent);
        return Ipv6Address.TryParse(digits, out Ipv6Address address) ? Prefix(address, length) with { Zone = zone } : null;
    }

    private ImmutableArray<PfHost>? FindInterface(string text, int? length, SourcePosition position, ref string reason)
    {
        if (!TrySplit(text, out string name, out InterfaceModifiers modifiers, out string why))
        {
            if (!text.Contains("::", StringComparison.Ordinal)) reason = why;
            return null;
        }

        if (length is not null && (modifiers & (InterfaceModifiers.Network | InterfaceModifiers.Broadcast)) != 0)
        {
            reason = "network or broadcast lookup, but extra netmask given";
            return null;
        }

        ImmutableArray<PfHost> hosts = OfInterface(name, modifiers, length, position);
        if (!hosts.IsEmpty) return hosts;
        if (interfaces.Nearest(name) is { } nearest) reason = $"{reason} (did you mean '{nearest}'?)";
        return null;
    }
}
