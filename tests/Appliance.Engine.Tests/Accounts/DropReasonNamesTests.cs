using System.Text.RegularExpressions;
using Xunit;

namespace Appliance.Engine.Tests.Accounts;

public sealed partial class DropReasonNamesTests
{
    /// <summary>All reasons that the rules of the appliance name, in the enumeration's order.</summary>
    private static readonly string[] Published =
    [
        "link-type", "captured-short", "frame-too-long", "replay-ended",
        "short", "own-source", "not-for-us", "vlan", "ethertype", "l2-group",
        "ip-header", "bad-ip-checksum", "bad-l4-checksum", "source-route", "land", "martian", "spoof", "link-local",
        "multicast", "broadcast", "standby",
        "hop-limit", "no-route", "blackhole", "no-neighbour", "mtu",
        "block", "state-limit", "nat-exhausted", "tcp-window", "fragment", "reassembly-timeout",
        "queue-full", "pool-empty",
    ];

    [Fact]
    public void The_names_are_those_that_reports_promise()
    {
        string[] names = [.. Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None).Select(DropReasonNames.Of)];
        Assert.Equal(Published, names);
    }

    [Fact]
    public void Every_reason_has_one_name_of_its_own_in_kebab_case()
    {
        Assert.Equal(Enum.GetValues<DropReason>().Length, DropReasonNames.Count);
        string[] names = [.. Enum.GetValues<DropReason>().Select(DropReasonNames.Of)];
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, name => Assert.Matches(KebabCase(), name));
    }

    [Fact]
    public void Reasons_are_numbered_without_gaps_so_that_they_index_the_counters() =>
        Assert.Equal(Enumerable.Range(0, DropReasonNames.Count), Enum.GetValues<DropReason>().Select(reason => (int)reason));

    [GeneratedRegex("^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KebabCase();
}
