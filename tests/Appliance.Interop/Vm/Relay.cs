namespace Appliance.Interop.Vm;

/// <summary>The configuration of a machine that routes between the lan and the wan, and drops one port, so that whoever forwards without
/// asking rules is found out.</summary>
internal static class Relay
{
    /// <summary>Of UDP; never leaves.</summary>
    public const int Forbidden = 9;

    public static IReadOnlyDictionary<string, string> Files { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["relay.pf.conf"] = $"block all\npass in on lan inet proto icmp all label \"relay\"\npass out on wan inet proto icmp all\n"
            + $"block quick inet proto udp from any to any port {Forbidden}\n",
        ["appliance.yaml"] = Configuration("relay", "relay.pf.conf"),
    };

    /// <summary>The same, with a virtual address on the lan.</summary>
    public static IReadOnlyDictionary<string, string> FilesWithCarp { get; } = new Dictionary<string, string>(Files, StringComparer.Ordinal)
    {
        ["appliance.yaml"] = Files["appliance.yaml"] + "high-availability:\n  carp:\n"
            + "    - {vhid: 1, port: lan, addresses: [10.1.0.254/24], password: sesame}\n",
    };

    public static string Configuration(string name, string ruleset) => $$"""
        name: {{name}}
        ports:
          lan: {backend: af-packet, device: "mac:02:00:5e:10:00:01", addresses: [10.1.0.1/24]}
          wan: {backend: af-packet, device: eth1, addresses: [10.2.0.1/24]}
          sync: {backend: af-packet, device: eth2, addresses: [10.9.0.1/24]}
        firewall: {ruleset: {{ruleset}}}

        """;
}
