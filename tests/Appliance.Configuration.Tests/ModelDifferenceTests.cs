using Xunit;

namespace Appliance.Configuration.Tests;

public class ModelDifferenceTests
{
    private const string Rest = """
        firewall: {ruleset: a.conf}
        routes: [{to: 10.0.0.0/8, via: 192.168.1.2}, {to: 0.0.0.0/0, via: 203.0.113.1}]
        neighbors: [{port: lan, address: 192.168.1.2, mac: "02:00:00:00:00:02"}]
        vrss: {key: 6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a6d5a}
        high-availability:
          carp: [{vhid: 1, port: lan, addresses: [192.168.1.9/24], password: one}]
          sync: {port: lan, peer: 192.168.1.3, key-file: k}
        management: {https: {listen: "127.0.0.1:8443", token-file: t}}

        """;

    private const string Whole = Texts.TwoPorts + Rest;

    [Fact]
    public void Equal_models_differ_in_nothing_wherever_things_stand() =>
        Assert.Empty(Between(Whole, "# moved\n\n" + Texts.TwoPorts + "# down\n" + Rest));

    [Theory]
    [InlineData("backend: pcap, addresses: [192.168.1.1/24]", "backend: pcap, addresses: [192.168.1.1/24], mtu: 1400", "Change Port lan")]
    [InlineData("addresses: [192.168.1.1/24]", "addresses: [192.168.1.1/24, 192.168.1.5/24]", "Change Port lan")]
    [InlineData("mac: \"02:00:00:00:00:02\"", "mac: \"02:00:00:00:00:03\"", "Change Neighbor 192.168.1.2 on lan")]
    [InlineData("via: 192.168.1.2", "via: [192.168.1.2, 192.168.1.4]", "Change Route 10.0.0.0/8")]
    [InlineData("via: 192.168.1.2", "blackhole: on", "Change Route 10.0.0.0/8")]
    [InlineData("password: one", "password: two", "Change CarpGroup vhid 1 on lan")]
    [InlineData("key: 6d5a", "key: 6d5b", "Change Steering")]
    [InlineData("key-file: k", "key-file: l", "Change Sync")]
    [InlineData("a.conf", "b.conf", "Change Firewall")]
    [InlineData("8443", "8444", "Change Management")]
    [InlineData("high-availability:", "high-availability:\n  preempt: on", "Change FailoverPolicy")]
    [InlineData("high-availability:", "high-availability:\n  preempt-hold-down-seconds: 3", "Change FailoverPolicy")]
    [InlineData("password: one}", "password: one, mac: port}", "Change CarpGroup vhid 1 on lan")]
    [InlineData("firewall:", "vcpus: 4\nfirewall:", "Add Vcpus")]
    [InlineData("firewall:", "name: other\nfirewall:", "Change Name")]
    public void A_change_is_one_action(string old, string next, string action) =>
        Assert.Equal([action], Between(Whole, Whole.Replace(old, next, StringComparison.Ordinal)));

    [Fact]
    public void What_goes_goes_from_the_top_and_what_comes_comes_from_the_bottom()
    {
        const string Alone = "ports:\n  wan: {backend: pcap, addresses: [203.0.113.2/24, \"2001:db8:1::2/64\"]}\n";
        string[] gone = Between(Whole, Alone);
        Assert.Equal(
            [
                "Remove FailoverPolicy", "Remove Sync", "Remove CarpGroup vhid 1 on lan", "Remove Firewall",
                "Remove Route 0.0.0.0/0", "Remove Route 10.0.0.0/8", "Remove Neighbor 192.168.1.2 on lan", "Remove Port lan",
                "Change Steering", "Change Management",
            ],
            gone);
        Assert.Equal(
            [
                "Add Port lan", "Add Neighbor 192.168.1.2 on lan", "Add Route 10.0.0.0/8", "Add Route 0.0.0.0/0", "Change Steering",
                "Add Firewall", "Add CarpGroup vhid 1 on lan", "Add Sync", "Add FailoverPolicy", "Change Management",
            ],
            Between(Alone, Whole));
    }

    [Fact]
    public void Ports_that_change_places_are_the_same_and_a_route_keeps_its_port_by_name()
    {
        const string Turned = """
            ports:
              lan: {backend: pcap, addresses: [192.168.1.1/24]}
              wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:1::2/64"]}

            """;
        Assert.Empty(Between(Whole, Turned + Rest));
    }

    private static string[] Between(string old, string next) =>
        [.. ModelDifference.Between(Texts.Model(old), Texts.Model(next)).Select(action => action.ToString())];
}
