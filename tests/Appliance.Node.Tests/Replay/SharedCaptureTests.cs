using Appliance.Testing;
using Xunit;

namespace Appliance.Node.Tests;

/// <summary>
/// Every capture of other projects, whole: nothing thrown, all accounted for, twice the same, and the same for any number of vCPUs.
/// </summary>
public sealed class SharedCaptureTests
{
    private const string Wide = """
        ports:
          lan: {backend: pcap, addresses: [192.168.77.1/24, "2001:db8:77::1/64"]}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"]}
          lan.20: {parent: lan, vlan: 20, addresses: [192.168.20.1/24]}
        routes:
          - {to: 0.0.0.0/0, via: 203.0.113.1}
          - {to: "::/0", via: "2001:db8:2::1"}

        """;

    private const string Narrow = """
        ports:
          lan: {backend: pcap, addresses: [10.0.0.1/8, "2001:db8:77::1/64"], rpf: loose}
          wan: {backend: pcap, addresses: [203.0.113.2/24, "2001:db8:2::2/64"], mtu: 1280}
          dmz: {backend: pcap, addresses: [192.168.0.1/16], mtu: 576}
        routes:
          - {to: 0.0.0.0/1, via: [203.0.113.1, 203.0.113.3, 203.0.113.4]}
          - {to: "2000::/4", via: "2001:db8:2::1"}

        """;

    [Theory]
    [InlineData(Wide, "lan")]
    [InlineData(Narrow, "lan")]
    [InlineData(Narrow, "lan,wan,dmz")]
    public void Every_capture_is_replayed_the_same_by_any_number_of_vcpus(string yaml, string ports)
    {
        long frames = 0, sent = 0;
        foreach (string file in SharedCaptures.Sample())
        {
            (string, byte[]) input = (ports, File.ReadAllBytes(file));
            Replayed one = Replaying.Run(yaml, 1, input);
            foreach (int vcpus in (int[])[2, 4])
            {
                Replayed other = Replaying.Run(yaml, vcpus, input);
                Assert.True(one.Multiset().SequenceEqual(other.Multiset()), $"{file}: {vcpus} vCPUs send other frames.");
                Dictionary<string, string[]> expected = one.Flows(), flows = other.Flows();
                Assert.All(expected, flow => Assert.True(
                    flow.Value.SequenceEqual(flows[flow.Key]), $"{file}: {vcpus} vCPUs send {flow.Key} in another order."));
                Assert.Equal(one.Accounts.Drops, other.Accounts.Drops);
                Replayed again = Replaying.Run(yaml, vcpus, input);
                Assert.Equal(other.Json, again.Json);
                Assert.Equal(other.Files, again.Files);
            }

            frames += one.Accounts.Received;
            sent += one.Accounts.Transmitted;
        }

        Assert.InRange(frames, TestSize.Of(person: 1_300, server: 4_000, soak: 4_000), long.MaxValue);
        Assert.InRange(sent, TestSize.Of(person: 330, server: 1_000, soak: 1_000), long.MaxValue);
        TestContext.Current.SendDiagnosticMessage($"{frames} frames in, {sent} out");
    }
}
