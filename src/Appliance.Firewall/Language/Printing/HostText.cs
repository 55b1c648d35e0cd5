using System.Globalization;

namespace Appliance.Firewall.Language;

/// <summary>Addresses as pfctl prints them.</summary>
internal static class HostText
{
    /// <param name="family">Of the rule; it decides how long the prefix of an interface's addresses is when nothing is said.</param>
    public static string Of(PfHost host, AddressFamily family) => host.Negated ? $"! {Plain(host, family)}" : Plain(host, family);

    private static string Plain(PfHost host, AddressFamily family) => host.Kind switch
    {
        HostKind.Prefix when !host.IsEverything => $"{host.First}{Length(host.PrefixLength, host.First.BitLength)}",
        HostKind.Range => $"{host.First} - {host.Last}",
        HostKind.Table => $"<{host.Name}>",
        HostKind.Interface => Interface(host, family),
        HostKind.NoRoute => "no-route",
        HostKind.UrpfFailed => "urpf-failed",
        _ => "any",
    };

    private static string Interface(PfHost host, AddressFamily family)
    {
        string modifiers = string.Concat(
            Modifier(host, InterfaceModifiers.Network, ":network"),
            Modifier(host, InterfaceModifiers.Broadcast, ":broadcast"),
            Modifier(host, InterfaceModifiers.Peer, ":peer"),
            Modifier(host, InterfaceModifiers.NoAlias, ":0"));
        int whole = family == AddressFamily.Inet ? 32 : 128;
        return $"({host.Name}{modifiers}){Length(Math.Min(host.PrefixLength, whole), whole)}";
    }

    private static string Modifier(PfHost host, InterfaceModifiers modifier, string text) => (host.Modifiers & modifier) != 0 ? text : "";

    private static string Length(int length, int whole) =>
        length == whole ? "" : string.Create(CultureInfo.InvariantCulture, $"/{length}");
}
